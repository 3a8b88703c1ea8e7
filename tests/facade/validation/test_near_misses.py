"""Which key was meant for a window, and in which ways its name differs."""

from datetime import UTC, datetime, timedelta

import pytest

from service.facade.domain.near_misses import Wanted, nearest_miss
from service.facade.domain.window_files import Window
from service.facade.domain.windows import InputNaming

START = datetime(2026, 3, 1, 13, tzinfo=UTC)
ZONE = "(is input_time_zone_offset +00:00 right?)"
WINDOW = Window(START, START + timedelta(minutes=5))


def wanted(component: str = "motor", others: tuple[str, ...] = ("pump", "motor_2"), **naming: str) -> Wanted:
    return Wanted("in/", component, InputNaming(data_upload_frequency="PT5M", **naming), WINDOW, others)


@pytest.mark.parametrize(
    ("key", "differences"),
    [
        ("in/motor-20260301130000.csv", ["its delimiter is '-', not '_'"]),
        ("in/motor 20260301130000.csv", ["its delimiter is ' ', not '_'"]),
        ("in/motor20260301130000.csv", ["its delimiter is '', not '_'"]),
        ("in/MOTOR_20260301130000.csv", ["the component is spelt 'MOTOR', not 'motor'"]),
        ("in/mootr_20260301130000.csv", ["the component is spelt 'mootr', not 'motor'"]),
        ("in/motor_2026-03-01-13-00-00.csv", ["its stamp has the format 'yyyy-MM-dd-HH-mm-ss', not 'yyyyMMddHHmmss'"]),
        ("in/motor_1772370000.csv", ["its stamp has the format 'EPOCH', not 'yyyyMMddHHmmss'"]),
        ("in/motor_1772370000000.csv", ["its stamp has the format 'EPOCH in milliseconds', not 'yyyyMMddHHmmss'"]),
        ("in/motor_20260301130000.CSV", ["it ends in '.CSV', not '.csv'"]),
        ("in/motor_20260301130000.csv.gz", ["it ends in '.csv.gz', not '.csv'"]),
        ("in/motor_20260301130000", ["it ends in '', not '.csv'"]),
        ("in/motor/motor_20260301130000.csv", ["it lies under the prefix 'in/motor/', not 'in/'"]),
        (
            "in/motor_20260301120000.csv",
            [f"its stamp is 1 h 00 min too early {ZONE}"],
        ),
        ("in/motor_20260301183500.csv", [f"its stamp is 5 h 30 min too late {ZONE}"]),
        ("in/motor_20260301133300.csv", ["its stamp is 33 min too late"]),
        (
            "in/Motor-20260301130000.CSV",
            [
                "the component is spelt 'Motor', not 'motor'",
                "its delimiter is '-', not '_'",
                "it ends in '.CSV', not '.csv'",
            ],
        ),
    ],
)
def test_the_differences_of_a_name_are_told(key, differences):
    miss = nearest_miss(wanted(), [key])
    assert miss.key == key
    assert list(miss.differences) == differences


@pytest.mark.parametrize(
    "key",
    [
        "in/pump_20260301130000.csv",  # of another component
        "in/motor_2_20260301130000.csv",  # of one whose name begins alike
        "in/valve_20260301130000.csv",
        "in/motor.csv",
        "in/motor_20261301130000.csv",  # there is no month 13
        "in/readme.txt",
    ],
)
def test_what_is_meant_for_something_else_is_no_miss(key):
    assert nearest_miss(wanted(), [key]) is None


def test_of_several_the_one_with_the_fewest_differences_counts_and_then_the_nearest():
    keys = ["in/motor_20260301090000.csv", "in/motor_20260301120000.csv", "in/Motor-20260301130000.csv"]
    assert nearest_miss(wanted(), keys).key == "in/motor_20260301120000.csv"
    assert nearest_miss(wanted(), [*keys, "in/motor-20260301130000.csv"]).key == "in/motor-20260301130000.csv"


def test_a_component_that_ends_in_a_digit_is_read_right_without_a_delimiter():
    name = wanted("unit1", (), component_timestamp_delimiter="")
    assert nearest_miss(name, ["in/unit1_20260301130000.csv"]).differences == ("its delimiter is '_', not ''",)


def test_epoch_stamps_never_ask_for_the_time_zone():
    name = wanted(timestamp_format="EPOCH", input_time_zone_offset="+02:00")
    assert nearest_miss(name, ["in/motor_1772366400.csv"]).differences == ("its stamp is 1 h 00 min too early",)
