"""How large a body may be, and a body that is hashed while somebody reads it: never whole in memory."""

from hashlib import sha256
from io import RawIOBase
from typing import IO, Any

from flask import request

from service.facade.api.context import resources
from service.facade.domain.idempotency import Body
from service.facade.problems import RequestTooLarge, UploadTooLarge

JSON_BODY_BYTES = 1024 * 1024


def limit_body(*, streams: bool) -> None:
    """Refuse a body that is announced as too long. One that is not announced is refused as soon as it gets too long:
    a view that `streams` it sees to that, and for all others Werkzeug does.

    Raises:
        UploadTooLarge, RequestTooLarge
    """
    most = resources().settings.upload_max_bytes if streams else JSON_BODY_BYTES
    if not streams:
        request.max_content_length = most
    if request.environ.get("CONTENT_LENGTH") and (request.content_length or 0) > most:
        kind = UploadTooLarge if streams else RequestTooLarge
        raise kind(f"A body may have up to {most:,} bytes here.")


class HashedStream(RawIOBase):
    """A body on its way to whoever reads it.

    The boundary of a form is not part of what was asked: clients draw a new one each time they send it.

    Args:
        source: what the server hands out as the body.
        boundary: of a form; empty for other bodies.
    """

    def __init__(self, source: IO[bytes], boundary: str) -> None:
        self._source, self._boundary = source, boundary.encode("latin-1", "replace")
        self._digest, self._kept = sha256(), b""
        self.size = 0  # bytes that have been hashed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        block = self._source.read(len(buffer))
        buffer[: len(block)] = block
        self._take(block)
        return len(block)

    def body(self) -> Body:
        """What has been read. Nothing may be read afterwards."""
        self._hash(self._kept)
        return Body(self._digest.hexdigest(), self.size)

    def _take(self, block: bytes) -> None:
        if not self._boundary:
            self._hash(block)
            return
        *parts, rest = (self._kept + block).split(self._boundary)
        for part in parts:
            self._hash(part + b"\0")
        end = max(0, len(rest) - len(self._boundary) + 1)  # what follows may be the beginning of a boundary
        self._hash(rest[:end])
        self._kept = rest[end:]

    def _hash(self, block: bytes) -> None:
        self._digest.update(block)
        self.size += len(block)
