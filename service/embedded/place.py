"""A folder where we want it, or a private one elsewhere with a link from there."""

import tempfile
from pathlib import Path

from service.embedded.program import EmbeddedError


def settled(wanted: Path, *, suits: bool, elsewhere: Path) -> Path:
    """Make the folder `wanted`, or, where that does not suit, a new private one under `elsewhere` linked from it.

    What an earlier start settled is found again; a link to a folder that is gone (temporary folders are swept)
    is made anew. Returns the real folder.

    Raises:
        EmbeddedError: the folder is there from earlier and no longer suits (the tree was moved).
    """
    if wanted.is_dir() and (suits or wanted.is_symlink()):
        return wanted.resolve()
    if wanted.is_dir():
        raise EmbeddedError(f"{wanted} cannot be used where it now lies: move it back, or remove it to begin anew")
    wanted.unlink(missing_ok=True)
    wanted.parent.mkdir(parents=True, exist_ok=True)
    if suits:
        wanted.mkdir(mode=0o700)
        return wanted.resolve()
    folder = Path(tempfile.mkdtemp(prefix="lookout-", dir=elsewhere))
    wanted.symlink_to(folder)
    return folder
