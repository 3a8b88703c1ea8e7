"""The page headers of a Parquet file, held against a bound before pyarrow decompresses the pages.

A header says how many bytes its page becomes, up to two gigabytes, and pyarrow takes the memory for it. What the
footer says of a column may differ. Field numbers are those of FileMetaData and PageHeader in parquet.thrift.
"""

import io
from collections.abc import Collection, Iterator
from typing import Any, BinaryIO

from service.facade.sensordata.faults import Faults, unusable
from service.facade.sensordata.thrift_compact import CompactReader, Struct, TornStruct

_MOST_IN_PAGE = 64 * 1024 * 1024
_MOST_IN_FOOTER = 64 * 1024 * 1024
_HEADER_BYTES = 4096  # most headers have fewer than 100, those with long statistics more
_LONGEST_HEADER = 1024 * 1024
_ROW_GROUPS, _COLUMNS, _COLUMN = 4, 1, 3  # of the file, of a row group, of its place in the file
_PATH, _PACKED_IN_ALL, _DATA_AT, _DICTIONARY_AT = 3, 7, 9, 11  # of a column
_UNPACKED, _PACKED = 2, 3  # of a page


def check_pages(content: BinaryIO, names: Collection[str], faults: Faults) -> None:
    """Look at every page of the columns of these names.

    Raises:
        InvalidUpload: one becomes too large, or something cannot be read.
    """
    try:
        for column in _columns(_footer(content), names):
            for unpacked in _page_sizes(content, column):
                if not 0 <= unpacked <= _MOST_IN_PAGE:
                    said = f"A page of {_name(column)!r} has {unpacked:,} bytes, of {_MOST_IN_PAGE:,}."
                    raise unusable(f"{said} Write the Parquet file with smaller pages.", file=faults.file)
    except (TornStruct, LookupError, TypeError, AttributeError) as error:
        raise unusable("The Parquet data are damaged. Write the file again.", file=faults.file) from error


def _footer(content: BinaryIO) -> Struct:
    size = content.seek(0, io.SEEK_END)
    content.seek(max(0, size - 8))
    length = int.from_bytes(content.read(4), "little")
    if length > min(size, _MOST_IN_FOOTER):
        raise TornStruct
    content.seek(max(0, size - 8 - length))
    return CompactReader(content.read(length)).struct()


def _columns(footer: Struct, names: Collection[str]) -> Iterator[Struct]:
    for group in footer.get(_ROW_GROUPS, []):
        for place in group[_COLUMNS]:
            if _name(place[_COLUMN]) in names:
                yield place[_COLUMN]


def _name(column: Struct) -> str:
    return b".".join(column[_PATH]).decode(errors="replace")


def _page_sizes(content: BinaryIO, column: Struct) -> Iterator[int]:
    at = min(offset for offset in (column.get(_DICTIONARY_AT), column[_DATA_AT]) if offset)
    end = at + column[_PACKED_IN_ALL]
    while at < end:
        header, length = _read_header(content, at)
        yield header[_UNPACKED]
        at += length + max(header[_PACKED], 0)


def _read_header(content: BinaryIO, at: int) -> tuple[dict[int, Any], int]:
    """(header, its own length) of the page at this offset."""
    size = _HEADER_BYTES
    while True:
        content.seek(max(at, 0))
        reader = CompactReader(content.read(size))
        try:
            return reader.struct(), reader.at
        except TornStruct:
            size *= 16
            if size > _LONGEST_HEADER:
                raise
