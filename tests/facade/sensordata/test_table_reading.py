"""A file -> readings: values, gaps, and where each wrong cell stands."""

import numpy as np
import pytest

from service.facade.problems import InvalidUpload
from service.facade.sensordata import reading
from service.facade.sensordata.faults import Faults

HEADER = "time,flow,pressure,pump\\temp\n"


def test_cells_become_floats_and_empty_ones_gaps(opened):
    (readings,) = opened(HEADER + "2026-01-01T00:00:00, 1.5 ,,-2e-3\n2026-01-01T00:01:00,NaN,0.1,7\n").chunks
    expected = [[1.5, np.nan, -0.002], [np.nan, 0.1, 7.0]]
    np.testing.assert_array_equal(readings.values[:, 1:], expected)
    assert readings.times.astype(str).tolist() == ["2026-01-01T00:00:00.000000", "2026-01-01T00:01:00.000000"]


@pytest.mark.parametrize("cell", ["off", "1_000", "0x1F", "inf", "-Infinity", "1e999", "true", "12 %"])
def test_text_in_a_number_is_named_with_row_column_and_value(faults_of, cell):
    faults = faults_of(HEADER + f"2026-01-01T00:00:00,1,2,3\n\n2026-01-01T00:01:00,1,{cell},3\n")
    assert faults.listed == [
        {"file": "data.csv", "row": 4, "column": "pressure", "value": cell, "detail": f"{cell!r} is not a number."}
    ]


def test_a_decimal_comma_in_quotes_is_no_number(faults_of):
    assert faults_of(HEADER + '2026-01-01T00:00:00,"1,5",2,3\n').listed[0]["value"] == "1,5"


def test_an_unparseable_time_is_named_with_row_column_and_value(faults_of):
    faults = faults_of(HEADER + "2026-01-01T00:00:00,1,2,3\nyesterday,1,2,3\n")
    assert faults.listed[0] | {"detail": ""} == {
        "file": "data.csv",
        "row": 3,
        "column": "time",
        "value": "yesterday",
        "detail": "",
    }


def test_when_the_very_first_time_is_wrong_only_that_row_is(faults_of):
    assert [item["row"] for item in faults_of(HEADER + "x,1,2,3\n2026-01-01T00:00:00,1,2,3\n").listed] == [2]


def test_a_wrong_header_does_not_hide_wrong_cells_of_the_columns_that_are_known(faults_of):
    faults = faults_of("time,flow,comment\nyesterday,abc,fine\n")
    assert [(item["row"], item.get("column")) for item in faults.listed] == [
        (1, "comment"),
        (1, None),
        (2, "time"),
        (2, "flow"),
    ]


def test_a_row_with_too_few_or_too_many_cells_is_named(faults_of):
    faults = faults_of(HEADER + "2026-01-01T00:00:00,1,2\n2026-01-01T00:01:00,1,2,3,4\n")
    assert [item["detail"] for item in faults.listed] == [
        "The row has 3 cells, the header has 4.",
        "The row has 5 cells, the header has 4.",
    ]


def test_a_hundred_faults_are_listed_and_all_are_counted(faults_of):
    faults = faults_of(HEADER + "".join(f"2026-01-01T00:{row // 60:02}:{row % 60:02},x,y,3\n" for row in range(300)))
    with pytest.raises(InvalidUpload, match="597 more things are wrong") as caught:
        faults.raise_any()
    assert len(caught.value.errors) == 100


def test_a_long_value_is_shortened_in_messages(faults_of):
    assert len(faults_of(HEADER + f"2026-01-01T00:00:00,{'x' * 5000},2,3\n").listed[0]["value"]) == 80


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "The file is empty."),
        ("\n\n", "The file is empty."),
        (HEADER, "has a header but no rows"),
        (HEADER + "\n\n", "has a header but no rows"),
        (HEADER + '2026-01-01T00:00:00,"1,2,3\n', "Row 2 is no CSV"),
        (b"\xef\xbb\xbf", "The file is empty."),
    ],
)
def test_a_file_without_rows_is_refused(faults_of, content, said):
    with pytest.raises(InvalidUpload, match=said):
        faults_of(content)


def test_the_beginning_of_a_file_may_end_anywhere(faults_of):
    text = HEADER + '2026-01-01T00:00:00,"1",2,3\n'
    for end in range(len(HEADER), len(text)):
        assert not faults_of(text[:end], whole=False).total


def test_the_beginning_of_a_file_shows_faults_of_its_rows_already(faults_of):
    assert faults_of(HEADER + "2026-01-01T00:00:00,off,2,3\n2026-01", whole=False).total == 1


def test_row_numbers_and_the_layout_hold_across_chunks(faults_of, monkeypatch):
    monkeypatch.setattr(reading, "CELLS_PER_CHUNK", 8)
    rows = [f"2026-01-01T00:0{row}:00,1,2,3\n" for row in range(6)]
    faults = faults_of(HEADER + "".join(rows) + "2026/01/01 00:07:00,1,2,x\n")
    assert [(item["row"], item["column"]) for item in faults.listed] == [(8, "time"), (8, "pump\\temp")]


def test_a_quoted_line_break_counts_as_a_row_of_the_file(faults_of):
    faults = faults_of(HEADER + '2026-01-01T00:00:00,"1\n",2,3\n2026-01-01T00:01:00,x,2,3\n')
    assert [item["row"] for item in faults.listed] == [4]


def test_memory_is_bounded_by_the_chunk(schema):
    """An endless file is read piece by piece: the first chunk is there before the second block is needed twice over."""
    taken = []

    def endless():
        yield HEADER.encode()
        while True:
            taken.append(1)
            yield b"2026-01-01T00:00:00,1,2,3\n" * 1000

    chunk = next(reading.open_table(endless(), schema, Faults()).chunks)
    assert len(chunk.times) == reading.CELLS_PER_CHUNK // 4
    assert len(taken) * 1000 < 2 * len(chunk.times)
