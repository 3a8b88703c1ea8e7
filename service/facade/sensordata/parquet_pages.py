"""The page headers of a Parquet file, held against a bound before pyarrow decompresses the pages.

A header says how many bytes its page becomes, up to two gigabytes, and pyarrow takes the memory for it. What the
footer says of a column may differ. Layout: PageHeader in parquet.thrift, in Thrift's compact protocol.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import pyarrow.parquet as pq

from service.facade.sensordata.faults import Faults, unusable

_MOST_IN_PAGE = 64 * 1024 * 1024
_HEADER_BYTES = 4096  # most headers have fewer than 100, those with long statistics more
_LONGEST_HEADER = 1024 * 1024
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _STRUCT = 1, 2, 3, 7, 8, 9, 10, 12
_VARINTS = (4, 5, 6)


class TornHeader(Exception):
    """The bytes end before the header does."""


def check_pages(content: BinaryIO, metadata: pq.FileMetaData, names: Collection[str], faults: Faults) -> None:
    """Look at every page of the columns of these names.

    Raises:
        InvalidUpload: one becomes too large, or its header cannot be read.
    """
    for group in range(metadata.num_row_groups):
        for column in map(metadata.row_group(group).column, range(metadata.num_columns)):
            if column.path_in_schema in names:
                for unpacked in _page_sizes(content, column, faults):
                    if not 0 <= unpacked <= _MOST_IN_PAGE:
                        said = f"A page of {column.path_in_schema!r} has {unpacked:,} bytes, of {_MOST_IN_PAGE:,}."
                        raise unusable(f"{said} Write the Parquet file with smaller pages.", file=faults.file)


def _page_sizes(content: BinaryIO, column: pq.ColumnChunkMetaData, faults: Faults) -> Iterator[int]:
    starts = [offset for offset in (column.dictionary_page_offset, column.data_page_offset) if offset]
    at = min(starts, default=4)
    end = at + column.total_compressed_size
    while at < end:
        try:
            unpacked, packed, length = _read_header(content, at)
        except (TornHeader, IndexError, RecursionError) as error:
            raise unusable("The Parquet data are damaged: a page has no header.", file=faults.file) from error
        yield unpacked
        at += length + max(packed, 0)


def _read_header(content: BinaryIO, at: int) -> tuple[int, int, int]:
    """(bytes unpacked, bytes packed, bytes of the header itself) of the page at this offset."""
    size = _HEADER_BYTES
    while True:
        content.seek(at)
        data = content.read(size)
        try:
            compact = _Compact(data)
            fields = compact.struct()
            return fields.get(2, -1), fields.get(3, -1), compact.at
        except TornHeader:
            size *= 16
            if size > _LONGEST_HEADER or len(data) < size // 16:
                raise


@dataclass
class _Compact:
    """Thrift's compact protocol: just enough to walk over a struct and keep its whole numbers."""

    data: bytes
    at: int = 0

    def struct(self, depth: int = 0) -> dict[int, int]:
        """Its whole numbers by field id."""
        fields: dict[int, int] = {}
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._zigzag()
            value = self._value(head & 15, depth)
            if value is not None:
                fields[number] = value
        return fields

    def _value(self, kind: int, depth: int) -> int | None:
        if kind in _VARINTS:
            return self._zigzag()
        if kind in (_LIST, _SET):
            self._skip_list(depth)
        elif kind == _STRUCT and depth < 8:
            self.struct(depth + 1)
        elif kind not in (_TRUE, _FALSE):
            self._skip({_BYTE: 1, _DOUBLE: 8}.get(kind) or self._varint())
        return None

    def _skip_list(self, depth: int) -> None:
        head = self._byte()
        count = head >> 4 if head >> 4 < 15 else self._varint()
        for _ in range(min(count, len(self.data))):
            self._value(head & 15, depth + 1)

    def _skip(self, size: int) -> None:
        self.at += size
        if self.at > len(self.data):
            raise TornHeader

    def _zigzag(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)

    def _varint(self) -> int:
        value = shift = 0
        while (byte := self._byte()) & 0x80 and shift < 63:
            value |= (byte & 0x7F) << shift
            shift += 7
        return value | byte << shift

    def _byte(self) -> int:
        self._skip(1)
        return self.data[self.at - 1]
