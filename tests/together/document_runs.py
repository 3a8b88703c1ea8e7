"""Documents run as they are written: one shell for each, in a folder that has `.venv` and `var` as a checkout has.

Only addresses are replaced, since tests use free ports. A `curl` on PATH does what the real one does and notes what was
answered, so that documents can use it plainly.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from document_commands import Block, blocks_of

PATIENCE_SECONDS = 300  # a page waits for healing, and that for the scheduler's own run
_PORTS = {"8000": "LOOKOUT_FACADE_PORT", "8001": "LOOKOUT_ENGINE_PORT", "9000": "LOOKOUT_S3_PORT"}
_CURL = r"""#!/bin/bash
set -o pipefail
{curl} --silent --show-error --max-time 60 "$@" \
    --write-out '%{{stderr}}%{{http_code}} %{{method}} %{{url_effective}}\n' 2>>"$NOTES/calls" | tee "$NOTES/last"
"""
_CALL = re.compile(r"^(\d{3}) ([A-Z]+) (http\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Call:
    """What one `curl` asked for; `status` is 0 where nobody answered."""

    status: int
    method: str
    url: str

    @property
    def path(self) -> str:
        return urlsplit(self.url).path


@dataclass(frozen=True)
class BlockRun:
    """What became of a block: whether it came to its end, its calls, the last answer, and all that was printed."""

    block: Block
    ended: bool
    calls: tuple[Call, ...]
    last_answer: bytes
    printed: str

    @property
    def surprises(self) -> list[int]:
        """The statuses that are no successes, in the order of the calls."""
        return [call.status for call in self.calls if not 200 <= call.status < 300]


def run_document(document: str, environment: dict[str, str], folder: Path) -> list[BlockRun]:
    """Run the blocks of a document against the stack that `environment` belongs to. The folder is new."""
    blocks = [block for block in blocks_of(document) if block.reason_not_to_run is None]
    checkout, programs = _furnish(folder, Path(environment["LOOKOUT_DATA_DIR"]))
    notes = [folder / f"notes-{number}" for number in range(len(blocks))]
    for place in notes:
        place.mkdir()
    script = "\n".join(_step(block, place, environment) for block, place in zip(blocks, notes, strict=True))
    path = os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ["PATH"]])
    subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=checkout,
        env=os.environ | environment | {"PATH": path},
        stdin=subprocess.DEVNULL,
        timeout=PATIENCE_SECONDS,
    )
    return [_outcome(block, place) for block, place in zip(blocks, notes, strict=True)]


def _furnish(folder: Path, data: Path) -> tuple[Path, Path]:
    """The folder that the shell works in, and the one with our `curl`."""
    checkout, programs = folder / "checkout", folder / "bin"
    checkout.mkdir(parents=True)
    programs.mkdir()
    (checkout / ".venv").symlink_to(sys.prefix)
    (checkout / "var").symlink_to(data)
    (programs / "curl").write_text(_CURL.format(curl=shutil.which("curl")))
    (programs / "curl").chmod(0o755)
    return checkout, programs


def _step(block: Block, notes: Path, environment: dict[str, str]) -> str:
    """A block as a part of the shell's script."""
    commands = re.sub(r"(?<=127\.0\.0\.1:)\d+", lambda port: environment[_PORTS[port[0]]], block.commands)
    return f"export NOTES={notes}\nexec >$NOTES/printed 2>&1\n{commands}\ntouch $NOTES/ended"


def _outcome(block: Block, notes: Path) -> BlockRun:
    said = {
        name: (notes / name).read_bytes() if (notes / name).exists() else b"" for name in ("calls", "last", "printed")
    }
    log = said["calls"].decode()
    calls = tuple(Call(int(status), method, url) for status, method, url in _CALL.findall(log))
    printed = said["printed"].decode(errors="replace") + _CALL.sub("", log)
    return BlockRun(block, (notes / "ended").exists(), calls, said["last"], printed)
