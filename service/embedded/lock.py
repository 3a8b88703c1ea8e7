"""One supervisor for one data folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.embedded.program import EmbeddedError


@contextmanager
def sole_user_of(data: Path) -> Iterator[bool]:
    """Hold the folder until the block ends; makes it if it is not there.

    Gives whether the holder before us was killed, so that its programs may still be ending. The lock itself goes
    with our process, however that ends; the process id in the file is for the message to others.

    Raises:
        EmbeddedError: somebody else holds the folder, or we may not write there.
    """
    path = data / "lock"
    try:
        data.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise EmbeddedError(
            f"cannot write in {data} ({error.strerror}): make it yours, or choose another folder with LOOKOUT_DATA_DIR"
        ) from error
    with open(handle, "r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise EmbeddedError(
                f"another `lookout` (process {file.read().strip() or 'unknown'}) runs on {data}: end it first,"
                " or choose another folder with LOOKOUT_DATA_DIR"
            ) from None
        killed = bool(file.read())
        _say(file, str(os.getpid()))
        try:
            yield killed
        finally:
            _say(file, "")


def _say(file, text: str) -> None:
    file.seek(0)
    file.truncate()
    file.write(text)
    file.flush()
