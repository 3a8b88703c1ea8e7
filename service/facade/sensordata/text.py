"""The bytes of an uploaded file -> decoded lines. UTF-8 with or without a byte order mark, plain or gzip.

Every function is a generator over blocks, so a file of any size passes through a few hundred kilobytes.
"""

import codecs
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from service.facade.problems import UploadTooLarge
from service.facade.sensordata.faults import fault, unusable

GZIP_MAGIC = b"\x1f\x8b"
_UTF8_MARK = codecs.BOM_UTF8
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LONGEST_LINE = 1024 * 1024
_INFLATED_BLOCK = 256 * 1024
_GZIP_WINDOW = 31  # zlib's code for "expect a gzip header"


@dataclass
class Allowance:
    """How many bytes the gzip data of one upload may become, over all of its files."""

    most: int
    spent: int = 0

    def spend(self, size: int, file: str | None) -> None:
        """
        Raises:
            UploadTooLarge: that is more than there may be.
        """
        self.spent += size
        if self.spent > self.most:
            detail = f"Unpacked, the upload has more than {self.most:,} bytes. Split it by time."
            raise UploadTooLarge(detail, errors=[fault(detail, file=file)])


def read_lines(
    blocks: Iterable[bytes], *, file: str | None = None, whole: bool = True, allowance: Allowance | None = None
) -> Iterator[str]:
    """The lines of a file, each with its ``\\n``.

    Args:
        blocks: the file's bytes, cut anywhere.
        file: its name, for messages.
        whole: False when the blocks are only the beginning of the file; its last, torn line is then left out.
        allowance: what gzip data may become; None where that does not matter.

    Raises:
        InvalidUpload: the bytes are no UTF-8 text, no intact gzip, or have a line of over a megabyte.
        UploadTooLarge: the allowance is spent.
    """
    plain = _plain(_with_filled_first(blocks), file, whole, allowance)
    return _lines(_decoded(plain, file, whole), file, whole)


def beginning_of(
    content: bytes, most: int, *, file: str | None, whole: bool, allowance: Allowance
) -> tuple[bytes, bool]:
    """About the first `most` bytes of what `content`, the beginning of a file, holds when it is unpacked, and whether
    that is the whole file. Raises like `read_lines`."""
    if not content.startswith(GZIP_MAGIC):
        return content, whole
    plain = b""
    for block in _plain(iter([content]), file, whole, allowance):
        plain += block
        if plain.startswith(GZIP_MAGIC):
            raise unusable("There is gzip data inside of the gzip data. Compress the file once.", file=file)
        if len(plain) > most:
            return plain, False
    return plain, whole


def _with_filled_first(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The same blocks, none empty, the first with at least four bytes: enough to see marks and magic numbers."""
    first = b""
    remaining = iter(blocks)
    for block in remaining:
        first += block
        if len(first) >= 4:
            break
    if first:
        yield first
    yield from (block for block in remaining if block)


def _plain(blocks: Iterator[bytes], file: str | None, whole: bool, allowance: Allowance | None) -> Iterator[bytes]:
    first = next(blocks, b"")
    blocks = _chained(first, blocks)
    if not first.startswith(GZIP_MAGIC):
        return blocks
    inflated = _inflated(blocks, file, whole)
    return _counted(inflated, file, allowance) if allowance else inflated


def _counted(blocks: Iterator[bytes], file: str | None, allowance: Allowance) -> Iterator[bytes]:
    for block in blocks:
        allowance.spend(len(block), file)
        yield block


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _inflated(blocks: Iterator[bytes], file: str | None, whole: bool) -> Iterator[bytes]:
    """Gzip undone, also where several members follow each other (as `cat a.gz b.gz` makes them)."""
    inflater = zlib.decompressobj(_GZIP_WINDOW)
    for block in blocks:
        while block:
            if inflater.eof:
                inflater = zlib.decompressobj(_GZIP_WINDOW)
            try:
                plain = inflater.decompress(block, _INFLATED_BLOCK)
            except zlib.error as error:
                raise unusable(f"The gzip data is damaged: {error}. Compress the file again.", file=file) from error
            block = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
            if plain:
                yield plain
    if whole and not inflater.eof:
        raise unusable("The gzip data ends too early. Compress and send the file again.", file=file)


def _decoded(blocks: Iterator[bytes], file: str | None, whole: bool) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    position, row, first = 0, 1, True
    for block in blocks:
        if first:
            _refuse_utf16(block, file)
            position = len(_UTF8_MARK) if block.startswith(_UTF8_MARK) else 0
            block, first = block[position:], False
        waiting = len(decoder.getstate()[0])
        text = _decode(decoder, block, position - waiting, row, file)
        position += len(block)
        _refuse_zero(text, row, file)
        row += text.count("\n")
        yield text
    if whole:
        _decode(decoder, b"", position - len(decoder.getstate()[0]), row, file, final=True)


def _decode(
    decoder: codecs.IncrementalDecoder, block: bytes, start: int, row: int, file: str | None, final: bool = False
) -> str:
    try:
        return decoder.decode(block, final)
    except UnicodeDecodeError as error:
        wrong = error.object[error.start]
        row += error.object[: error.start].count(b"\n")
        detail = (
            f"The byte 0x{wrong:02X} at position {start + error.start} is not UTF-8. The file may be Latin-1 or "
            f"Windows-1252: save it as UTF-8."
        )
        raise unusable(detail, file=file, row=row) from error


def _refuse_zero(text: str, row: int, file: str | None) -> None:
    """A damaged file; and PostgreSQL, where reports are kept, has no such character."""
    at = text.find("\0")
    if at >= 0:
        row += text.count("\n", 0, at)
        raise unusable(f"Row {row} has a zero byte. Repair the file: text has none.", file=file, row=row)


def _refuse_utf16(block: bytes, file: str | None) -> None:
    null = block.find(b"\0", 0, 1024)
    if block.startswith(_UTF16_MARKS):
        seen = f"The bytes {block[0]:02X} {block[1]:02X} at position 0 mark UTF-16."
    elif null >= 0:
        seen = f"The zero byte at position {null} says UTF-16 or no text at all."
    else:
        return
    raise unusable(f"{seen} Save the file as UTF-8.", file=file, row=1)


def _lines(texts: Iterator[str], file: str | None, whole: bool) -> Iterator[str]:
    carried, row = "", 1
    for text in texts:
        *complete, carried = (carried + text).split("\n")
        for line in complete:
            yield line.removesuffix("\r") + "\n"
        row += len(complete)
        if len(carried) > _LONGEST_LINE:
            raise unusable(
                f"Row {row} is longer than {_LONGEST_LINE:,} characters: this is no CSV.", file=file, row=row
            )
    if whole and carried:
        yield carried.removesuffix("\r") + "\n"
