"""A CSV file of any size as tables of bounded size: cut at the ends of lines, each with the file's header."""

from collections.abc import Iterable, Iterator

from service.engine.work.frames.csv_tables import CsvTable, UnreadableTable, read_table

BLOCK_BYTES = 8 * 1024**2  # of text in one table
LONGEST_LINE = 1024**2  # bytes


def tables_of(chunks: Iterable[bytes], block_bytes: int = BLOCK_BYTES) -> Iterator[CsvTable]:
    """The tables of a file whose bytes arrive in chunks of any size, in the order of its rows.

    A file within `block_bytes` is one table. Tables of a file share its header, so they have the same columns.

    Raises:
        UnreadableTable: as `read_table` says; beyond the first table with the place where it begins.
    """
    header, done = b"", 0
    for block in _blocks(chunks, block_bytes):
        if not done:
            header = block.partition(b"\n")[0] + b"\n"
            yield read_table(block)
        elif block.strip():
            yield _later_table(header, block, done)
        done += len(block)


def _later_table(header: bytes, block: bytes, done: int) -> CsvTable:
    try:
        return read_table(header + block)
    except UnreadableTable as error:
        raise UnreadableTable(f"from byte {done + 1} on {error}") from error


def _blocks(chunks: Iterable[bytes], block_bytes: int) -> Iterator[bytes]:
    """The bytes in blocks that end with a line, but for the last; an empty file is one empty block."""
    rest, is_first = b"", True
    for chunk in chunks:
        rest += chunk
        while len(rest) > block_bytes:
            end = rest.rfind(b"\n", 0, block_bytes) + 1 or rest.find(b"\n", block_bytes) + 1
            if not end:
                _check_line(rest, block_bytes)
                break
            yield rest[:end]
            rest, is_first = rest[end:], False
    if rest or is_first:
        yield rest


def _check_line(rest: bytes, block_bytes: int) -> None:
    if len(rest) > block_bytes + LONGEST_LINE:
        raise UnreadableTable(f"it has a line of more than {LONGEST_LINE:,} bytes")
