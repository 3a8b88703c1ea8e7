"""Files as a body of multipart/form-data (RFC 7578), read piece by piece while they are sent."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

BLOCK_BYTES = 256 * 1024
Sent = Callable[[int], None]  # is told the bytes that have been handed out so far


@dataclass(frozen=True)
class Form:
    """A form with one part for each file. Each attempt to send it has the same bytes."""

    files: Sequence[Path]
    boundary: str = field(default_factory=lambda: uuid4().hex)

    @property
    def headers(self) -> dict[str, str]:
        length = sum(len(self._head(file)) + file.stat().st_size + len(_LINE) for file in self.files)
        return {
            "Content-Type": f"multipart/form-data; boundary={self.boundary}",
            "Content-Length": str(length + len(self._end())),
        }

    def blocks(self, sent: Sent) -> Iterator[bytes]:
        """The body from its beginning."""
        handed_out = 0
        for block in self._blocks():
            yield block
            handed_out += len(block)
            sent(handed_out)

    def _blocks(self) -> Iterator[bytes]:
        for file in self.files:
            yield self._head(file)
            yield from file_blocks(file)
            yield _LINE
        yield self._end()

    def _head(self, file: Path) -> bytes:
        name = file.name
        for character, escaped in (('"', "%22"), ("\r", "%0D"), ("\n", "%0A")):  # as browsers do it
            name = name.replace(character, escaped)
        disposition = f'Content-Disposition: form-data; name="file"; filename="{name}"'
        return f"--{self.boundary}\r\n{disposition}\r\nContent-Type: application/octet-stream\r\n\r\n".encode()

    def _end(self) -> bytes:
        return f"--{self.boundary}--\r\n".encode()


_LINE = b"\r\n"


def file_blocks(file: Path, sent: Sent = lambda _: None) -> Iterator[bytes]:
    """A file from its beginning."""
    handed_out = 0
    with file.open("rb") as opened:
        while block := opened.read(BLOCK_BYTES):
            yield block
            handed_out += len(block)
            sent(handed_out)
