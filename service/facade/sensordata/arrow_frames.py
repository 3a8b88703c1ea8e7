"""The messages of an Arrow stream, held against a bound before pyarrow sees them.

A message says how many bytes it has, and each compressed buffer in it how many it becomes; pyarrow believes both and
takes the memory. Here they are read first: a stream of small pieces goes through, a claim of gigabytes does not.
Layout: Arrow's "Encapsulated message format" and Message.fbs, in the manner of FlatBuffers.
"""

import io
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from service.facade.sensordata.faults import unusable

FILE_MAGIC = b"ARROW1\0\0"
CONTINUES = b"\xff\xff\xff\xff"
_MOST_METADATA = 16 * 1024 * 1024
_MOST_AT_ONCE = 256 * 1024 * 1024  # bytes of one batch in memory
_MOST_ROWS = 16_000_000
_DICTIONARY_BATCH, _RECORD_BATCH = 2, 3


def checked_stream(blocks: Iterable[bytes], file: str | None, whole: bool) -> io.BufferedReader:
    """The stream in `blocks`, for pyarrow to read; an Arrow file is the stream between its marks.

    Raises:
        InvalidUpload: while it is read, when a batch is too large; not for what else is wrong, which pyarrow finds.
    """
    return io.BufferedReader(_Frames(_frames(_Bytes(iter(blocks)), file, whole)), 64 * 1024)


class _Frames(io.RawIOBase):
    """What pyarrow wants of a stream."""

    def __init__(self, frames: Iterator[bytes]) -> None:
        self._frames = frames
        self._waiting = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        while not self._waiting:
            frame = next(self._frames, None)
            if frame is None:
                return 0
            self._waiting = memoryview(frame)
        size = min(len(buffer), len(self._waiting))
        buffer[:size] = self._waiting[:size]
        self._waiting = self._waiting[size:]
        return size


@dataclass
class _Bytes:
    """Blocks, taken in other sizes than they came in."""

    blocks: Iterator[bytes]
    waiting: bytes = b""

    def take(self, size: int) -> bytes:
        parts, missing = [self.waiting], size - len(self.waiting)
        while missing > 0 and (block := next(self.blocks, None)) is not None:
            parts.append(block)
            missing -= len(block)
        taken = b"".join(parts)
        self.waiting = taken[size:]
        return taken[:size]


def _frames(content: _Bytes, file: str | None, whole: bool) -> Iterator[bytes]:
    prefix = content.take(8)
    if prefix == FILE_MAGIC:
        prefix = content.take(8)
    while len(prefix) == 8 and prefix.startswith(CONTINUES):
        (size,) = struct.unpack("<I", prefix[4:])
        if size == 0:
            break
        _bound(size, _MOST_METADATA, file)
        metadata = content.take(size)
        body_size = _checked_message(metadata, file) if len(metadata) == size else 0
        body = content.take(body_size)
        if len(body) < body_size and not whole:
            break  # the beginning of a file ends in the middle of a batch
        _check_buffers(metadata, body, file)
        yield prefix + metadata + body
        prefix = content.take(8)
    yield prefix if whole else CONTINUES + bytes(4)


def _bound(size: int, most: int, file: str | None) -> None:
    if not 0 <= size <= most:
        said = f"One batch of the Arrow data has {size:,} bytes; it may have {most:,}. Write it in smaller batches."
        raise unusable(said, file=file)


@dataclass(frozen=True)
class _FlatTable:
    """A table of a FlatBuffer: a field is found through the vtable that the table begins with."""

    data: bytes
    at: int

    def place(self, number: int) -> int | None:
        vtable = self.at - self.number("<i", self.at)
        entry = 4 + 2 * number
        offset = self.number("<H", vtable + entry) if entry < self.number("<H", vtable) else 0
        return self.at + offset if offset else None

    def value(self, number: int, kind: str) -> int:
        place = self.place(number)
        return 0 if place is None else self.number(kind, place)

    def table(self, number: int) -> "_FlatTable | None":
        place = self.place(number)
        return None if place is None else _FlatTable(self.data, place + self.number("<I", place))

    def number(self, kind: str, place: int) -> int:
        if not 0 <= place <= len(self.data) - struct.calcsize(kind):
            raise struct.error("out of the message")
        return struct.unpack_from(kind, self.data, place)[0]


def _checked_message(metadata: bytes, file: str | None) -> int:
    """The size of a message's body."""
    try:
        message = _message(metadata)
        size = message.value(3, "<q")
        batch = _batch(message)
        rows = batch.value(0, "<q") if batch else 0
    except struct.error as error:
        raise _damaged(file) from error
    _bound(size, _MOST_AT_ONCE, file)
    if not 0 <= rows <= _MOST_ROWS:
        raise unusable(f"One batch of the Arrow data has {rows:,} rows. Write it in smaller batches.", file=file)
    return size


def _check_buffers(metadata: bytes, body: bytes, file: str | None) -> None:
    """Compressed buffers begin with the size that they become (-1: this one was left as it is)."""
    try:
        batch = _batch(_message(metadata))
        if batch is None or batch.place(3) is None:
            return
        sizes = [struct.unpack_from("<q", body, offset)[0] for offset, length in _buffers(batch) if length >= 8]
    except struct.error as error:
        raise _damaged(file) from error
    _bound(sum(max(size, 0) for size in sizes), _MOST_AT_ONCE, file)


def _buffers(batch: _FlatTable) -> list[tuple[int, int]]:
    """(offset, length) of each buffer in the body."""
    vector = batch.table(2)
    if vector is None:
        return []
    count = vector.number("<I", vector.at)
    end = vector.at + 4 + 16 * count
    if end > len(vector.data):
        raise struct.error("out of the message")
    return list(struct.iter_unpack("<qq", vector.data[vector.at + 4 : end]))


def _message(metadata: bytes) -> _FlatTable:
    return _FlatTable(metadata, struct.unpack_from("<I", metadata)[0])


def _batch(message: _FlatTable) -> _FlatTable | None:
    """The record batch of a message, also the one inside of a dictionary."""
    kind = message.value(1, "<B")
    header = message.table(2) if kind in (_RECORD_BATCH, _DICTIONARY_BATCH) else None
    return header.table(1) if header and kind == _DICTIONARY_BATCH else header


def _damaged(file: str | None) -> Exception:
    return unusable("The Arrow data are damaged. Write the file again.", file=file)
