"""Bytes -> lines: encodings, gzip, line ends, torn ends."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.facade.problems import InvalidUpload
from service.facade.sensordata.text import read_lines

TEXT = "time,Größe\n2026-01-01,1\r\n2026-01-02,2"
LINES = ["time,Größe\n", "2026-01-01,1\n", "2026-01-02,2\n"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@given(size=st.integers(1, 40))
def test_utf8_with_or_without_a_mark_is_read_wherever_the_blocks_are_cut(encoding, size):
    content = TEXT.encode(encoding)
    blocks = [content[at : at + size] for at in range(0, len(content), size)]
    assert list(read_lines(blocks)) == LINES


@given(size=st.integers(1, 200))
def test_gzip_is_undone_also_when_two_members_follow_each_other(size):
    first, second = TEXT[:20].encode(), TEXT[20:].encode()
    content = gzip.compress(first) + gzip.compress(second)
    blocks = [content[at : at + size] for at in range(0, len(content), size)]
    assert list(read_lines(blocks)) == LINES


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_refused_and_the_position_is_named(encoding):
    with pytest.raises(InvalidUpload, match=r"at position [01] .*UTF-16.* Save the file as UTF-8"):
        list(read_lines([TEXT.encode(encoding)]))


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_latin_1_byte_is_named_with_its_position_and_row(size):
    content = b"time,flow\n2026-01-01,1\n2026-01-02,2 \xb0C\n"
    blocks = [content[at : at + size] for at in range(0, len(content), size)]
    with pytest.raises(InvalidUpload, match=f"0xB0 at position {content.index(0xB0)} is not UTF-8") as caught:
        list(read_lines(blocks, file="data.csv"))
    assert caught.value.errors[0] | {"detail": ""} == {"file": "data.csv", "row": 3, "detail": ""}


def test_the_position_counts_the_byte_order_mark():
    with pytest.raises(InvalidUpload, match="at position 5 "):
        list(read_lines([b"\xef\xbb\xbfab\xff\n"]))


def test_a_character_torn_by_the_end_of_the_file_is_refused():
    with pytest.raises(InvalidUpload, match="0xC3 at position 3 "):
        list(read_lines([b"abc\xc3"]))


def test_of_the_beginning_of_a_file_the_torn_last_line_is_left_out():
    head = TEXT.encode()[:9]  # ends in the middle of a character of the first line
    assert list(read_lines([b"a,b\n" + head], whole=False)) == ["a,b\n"]


def test_of_the_beginning_of_a_gzip_file_as_much_is_read_as_can_be():
    lines = [f"{number},{number**3}\n" for number in range(20_000)]
    read = list(read_lines([gzip.compress("".join(lines).encode())[:40_000]], whole=False))
    assert 1000 < len(read) < len(lines)
    assert read == lines[: len(read)]


def test_damaged_and_torn_gzip_are_refused():
    content = gzip.compress(b"time,flow\n" * 1000)
    with pytest.raises(InvalidUpload, match="ends too early"):
        list(read_lines([content[:-10]]))
    with pytest.raises(InvalidUpload, match="damaged"):
        list(read_lines([content[:15] + b"\xff" * 20]))


def test_a_line_without_end_does_not_fill_the_memory():
    endless = (b"x" * 65536 for _ in range(10_000_000))
    with pytest.raises(InvalidUpload, match="Row 1 is longer than"):
        list(read_lines(endless))
