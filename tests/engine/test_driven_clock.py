"""A clock that a file drives, for rehearsals."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.engine.clock import clock_of, drive, utc_now
from service.settings import Settings, SettingsError

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    drive(tmp_path / "clock", NOON)
    return tmp_path / "clock"


def test_without_a_file_the_time_is_the_machines():
    assert clock_of(Settings()) is utc_now


def test_the_time_is_what_the_file_says_whenever_it_is_asked_for(file):
    clock = clock_of(Settings(clock_file=str(file)))
    assert clock() == NOON
    drive(file, NOON + timedelta(hours=1))
    assert clock() == NOON + timedelta(hours=1)


def test_time_never_goes_back_and_stands_while_the_file_says_nothing(file):
    clock = clock_of(Settings(clock_file=str(file)))
    drive(file, NOON - timedelta(hours=1))
    assert clock() == NOON
    file.write_text("12:0")
    assert clock() == NOON


@pytest.mark.parametrize("said", ["", "noon"])
def test_a_file_without_a_time_is_refused_at_the_start(file, said):
    file.write_text(said)
    with pytest.raises(SettingsError, match=r"LOOKOUT_CLOCK_FILE: .*clock does not say a time such as"):
        clock_of(Settings(clock_file=str(file)))


def test_a_driven_clock_and_verified_signatures_exclude_each_other(file):
    with pytest.raises(SettingsError, match="LOOKOUT_VERIFY_SIGNATURES"):
        clock_of(Settings(clock_file=str(file), verify_signatures=True))
