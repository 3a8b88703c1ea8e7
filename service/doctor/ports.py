"""Who listens on a port of this machine, as far as the kernel tells us (Linux)."""

from collections.abc import Iterator
from pathlib import Path

_LISTENING = "0A"
_PROC = Path("/proc")


def holder_of(port: int) -> str:
    """`process 4711 (nginx)`, or that it cannot be told."""
    sockets = {f"socket:[{inode}]" for inode in _listening(port)}
    for process in _PROC.glob("[0-9]*"):
        if sockets and _has_one_of(process, sockets):
            return f"process {process.name} ({_name(process)})"
    return "whose process cannot be seen from here" if sockets else "no process of this machine"


def _listening(port: int) -> Iterator[str]:
    """The inodes of listening sockets, from the kernel's table."""
    for table in ("tcp", "tcp6"):
        file = _PROC / "net" / table
        for line in file.read_text().splitlines()[1:] if file.exists() else ():
            fields = line.split()
            if fields[3] == _LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                yield fields[9]


def _has_one_of(process: Path, sockets: set[str]) -> bool:
    try:
        return any(str(handle.readlink()) in sockets for handle in (process / "fd").iterdir())
    except OSError:  # it has ended, or belongs to somebody else
        return False


def _name(process: Path) -> str:
    """The program, and the module that an interpreter runs: other arguments may be passwords."""
    words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
    return " ".join(words[:3] if words[1:2] == ["-m"] else words[:1])
