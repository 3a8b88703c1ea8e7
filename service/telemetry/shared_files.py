"""Metrics of processes that share one port: gunicorn's workers count into files of one folder, and whichever of them is
scraped adds all files up.

A worker that ends hands what it counted over to the files of the dead, so that no counter ever falls and there are no
more files than workers, however often one is replaced. Who adds up holds a lock meanwhile, and so does who hands over.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"  # prometheus_client reads it when it is imported
_PREFIX, _OWNED = "lookout-metrics-", "owned"
_MEMORY = Path("/dev/shm")
_GROWING = ("counter", "histogram", "summary")


def begin() -> None:
    """Make an empty folder for the processes that will be forked from this one. Call it before any of them counts.

    It is theirs for as long as one of them lives: they hold its lock. It has its name only then, so that nobody takes
    it for one that was left behind.
    """
    place = _place()
    _sweep(place)
    unnamed = Path(tempfile.mkdtemp(prefix=f".{_PREFIX}", dir=place))
    fcntl.flock(os.open(unnamed / _OWNED, os.O_CREAT | os.O_RDWR), fcntl.LOCK_EX)
    os.environ[VARIABLE] = str(unnamed.rename(place / unnamed.name.removeprefix(".")))


def folder() -> Path | None:
    """The folder that this process counts into; None where it counts in its own memory."""
    return Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None


def end() -> None:
    """Remove the folder."""
    if (shared := folder()) is not None:
        shutil.rmtree(shared, ignore_errors=True)


@contextmanager
def locked(shared: Path, how: int) -> Iterator[None]:
    """Hold the folder, `fcntl.LOCK_SH` to read all of it or `fcntl.LOCK_EX` to move things."""
    descriptor = os.open(shared, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)


def bury(pid: int) -> None:
    """A process has ended: keep what it counted, forget what was true while it lived."""
    from prometheus_client.multiprocess import mark_process_dead

    shared = folder()
    if shared is None or not shared.is_dir():
        return
    with locked(shared, fcntl.LOCK_EX):
        mark_process_dead(pid, str(shared))
        for kind in _GROWING:
            left = shared / f"{kind}_{pid}.db"
            if left.exists():
                _add(left, shared / f"{kind}_dead.db")
                left.unlink()


def _add(left: Path, dead: Path) -> None:
    from prometheus_client.mmap_dict import MmapedDict

    sums = MmapedDict(str(dead))
    for key, value, *_ in MmapedDict.read_all_values_from_file(str(left)):
        sums.write_value(key, sums.read_value(key)[0] + value, 0.0)
    sums.close()


def _place() -> Path:
    """In memory where there is such a place: on a disk that is full, a write into a mapped file ends the process."""
    return _MEMORY if os.access(_MEMORY, os.W_OK) else Path(tempfile.gettempdir())


def _sweep(place: Path) -> None:
    """Remove folders of ours whose processes were killed before they could."""
    for left in place.glob(f"{_PREFIX}*/{_OWNED}"):
        with suppress(OSError), left.open() as owned:
            fcntl.flock(owned, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left.parent, ignore_errors=True)
