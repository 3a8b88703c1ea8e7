"""Exports take as much memory for a month as for a day."""

import json
import subprocess
import sys

import export_peaks
import pytest

MARGIN = 100_000  # bytes: a day and a half of Arrow, the smallest of the formats


@pytest.fixture(scope="module")
def peaks() -> dict[str, dict[str, int]]:
    """By format and number of days."""
    command = [sys.executable, export_peaks.__file__]
    return json.loads(subprocess.run(command, check=True, capture_output=True, timeout=120).stdout)


@pytest.mark.parametrize("kind", export_peaks.FORMATS)
def test_a_month_takes_no_more_memory_than_a_few_days(peaks, kind):
    few, many = (peaks[kind][str(count)] for count in (export_peaks.FEW, export_peaks.MANY))
    assert many < few + MARGIN
