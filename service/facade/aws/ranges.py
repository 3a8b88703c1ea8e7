"""A part of an object as a file that can be sought in: of what is read, and of nothing else, there is a request."""

import io

from botocore.client import BaseClient

from service.facade.aws.objects import require_etag
from service.facade.aws.s3_faults import storage_faults

_READ_AHEAD = 256 * 1024
_FETCHED_WHOLE = 8 * 1024 * 1024


class RangeFile(io.RawIOBase):
    """`size` bytes of an object from `offset` on. Small ones are fetched at once, large ones range by range.

    `etag`, where it is given, is what the object must still have; raises like everything in `objects`.
    """

    def __init__(
        self, client: BaseClient, bucket: str, key: str, offset: int, size: int, etag: str | None = None
    ) -> None:
        self._client, self._place = client, {"Bucket": bucket, "Key": key}
        self._etag = etag
        self._offset, self._size = offset, size
        self._at = 0
        self._fetched_from, self._fetched = 0, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: memoryview) -> int:
        wanted = max(0, min(len(buffer), self._size - self._at))
        if wanted and not self._has(wanted):
            self._fetch(wanted)
        begin = self._at - self._fetched_from
        found = self._fetched[begin : begin + wanted]
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)

    def _has(self, wanted: int) -> bool:
        return self._fetched_from <= self._at and self._at + wanted <= self._fetched_from + len(self._fetched)

    def _fetch(self, wanted: int) -> None:
        begin, size = self._at, max(wanted, _READ_AHEAD)
        if self._size <= _FETCHED_WHOLE:
            begin, size = 0, self._size
        first, last = self._offset + begin, self._offset + min(begin + size, self._size) - 1
        with storage_faults(self._place["Bucket"], self._place["Key"]):
            answer = self._client.get_object(**self._place, Range=f"bytes={first}-{last}")
            require_etag(answer, self._etag)
            self._fetched_from, self._fetched = begin, answer["Body"].read()
