"""A file that arrives in chunks is parsed in blocks, and means what it means in one."""

import numpy as np
import pytest

from service.engine.work.frames import csv_blocks
from service.engine.work.frames.csv_blocks import tables_of
from service.engine.work.frames.csv_tables import UnreadableTable, read_table

HEADER = "Timestamp,Pressure,Flow\n"
TEXT = HEADER + "".join(f"2026-02-01T00:{minute:02}:00,{minute}.5,{minute * 2}\n" for minute in range(60))


def chunks(text: str, size: int) -> list[bytes]:
    body = text.encode()
    return [body[first : first + size] for first in range(0, len(body), size)]


@pytest.mark.parametrize("size", [1, 7, 100, 10**6])
@pytest.mark.parametrize("text", [TEXT, TEXT.rstrip("\n"), TEXT.replace("\n", "\r\n"), TEXT + "\n\n"])
def test_blocks_are_cut_at_the_ends_of_lines(size, text):
    tables = list(tables_of(chunks(text, size), block_bytes=200))
    whole = read_table(text.encode())
    assert len(tables) > 5
    assert {table.columns for table in tables} == {("Pressure", "Flow")}
    assert (np.concatenate([table.times for table in tables]) == whole.times).all()
    assert (np.concatenate([table.values for table in tables]) == whole.values).all()


def test_a_file_within_a_block_is_one_table():
    assert len(list(tables_of(chunks(TEXT, 11)))) == 1


def test_a_bad_row_far_into_the_file_is_told_with_its_place():
    body = TEXT + "2026-02-01T01:00:00,1\n"
    with pytest.raises(UnreadableTable, match=r"^from byte \d+ on it is no CSV file of 3 columns"):
        list(tables_of(chunks(body, 50), block_bytes=200))


@pytest.mark.parametrize("said", [[], [b""]])
def test_an_empty_file_is_told_as_such(said):
    with pytest.raises(UnreadableTable, match="it is empty"):
        list(tables_of(said))


def test_a_line_without_an_end_is_not_read_for_ever(monkeypatch):
    monkeypatch.setattr(csv_blocks, "LONGEST_LINE", 1000)
    endless = (b"1," * 100 for _ in iter(int, 1))
    with pytest.raises(UnreadableTable, match=r"a line of more than 1,000 bytes"):
        list(tables_of([HEADER.encode(), *(next(endless) for _ in range(20))], block_bytes=300))
