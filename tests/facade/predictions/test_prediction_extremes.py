"""max_points: a long series in few rows that keep its shape, and every anomaly seen."""

from datetime import timedelta
from math import sin

import pytest

from service.facade.domain.buckets import bucket_width
from service.facade.domain.durations import parse_duration

MINUTES = 2 * 24 * 60


@pytest.fixture
def wave(record):
    """Two days with a row a minute: a slow wave, a dip, and one anomaly that lasts a single minute."""
    scores = {minute: round(0.3 + 0.1 * sin(minute / 200), 5) for minute in range(1, MINUTES + 1)}
    record(scores | {1001: 0.97, 2000: 0.01})
    return scores


@pytest.fixture
def points(read):
    """Minutes after midnight and scores."""

    def asked(query: str) -> dict[int, float]:
        rows = read(f"?contributors=0&{query}").json["predictions"]
        return {_minute(row["timestamp"]): row["anomaly_score"] for row in rows}

    return asked


def _minute(time: str) -> int:
    return (int(time[8:10]) - 1) * 1440 + int(time[11:13]) * 60 + int(time[14:16])


@pytest.mark.parametrize("most", [10, 37, 100, 1000])
def test_there_are_at_most_so_many_points_and_peak_and_dip_are_among_them(wave, points, most):
    found = points(f"max_points={most}")
    assert most / 8 <= len(found) <= most
    assert (found[1001], found[2000]) == (0.97, 0.01)
    assert list(found) == sorted(found)


def test_of_each_bucket_the_least_and_the_highest_are_there(wave, read, points):
    width = read("?max_points=100").json["bucket_width"]
    minutes = parse_duration(width) // timedelta(minutes=1)
    scores = wave | {1001: 0.97, 2000: 0.01}
    expected = {}
    for start in range(0, MINUTES, minutes):
        bucket = {minute: scores[minute] for minute in range(start + 1, min(start + minutes, MINUTES) + 1)}
        for pick in (min, max):
            minute = pick(bucket, key=bucket.__getitem__)
            expected[minute] = scores[minute]
    assert points("max_points=100") == expected


def test_the_answer_says_how_wide_a_bucket_is(wave, read):
    answer = read("?max_points=100")
    assert (answer.json["bucket_width"], answer.headers["Bucket-Width"]) == ("PT1H", "PT1H")
    assert answer.json["next"] is None


def test_few_rows_are_all_there_and_nothing_is_said_of_buckets(wave, read, points):
    query = "end_time=2026-03-01T00:40:00Z&max_points=40"
    assert list(points(query)) == list(range(1, 41))
    assert read(f"?{query}").json["bucket_width"] is None


def test_an_anomaly_without_a_score_does_not_vanish_among_rows_with_one(record, points):
    record(dict.fromkeys(range(1, 301), 0.2))
    record({151: None, 152: 0.3, 153: 0.1}, prediction=1)
    found = points("max_points=10&only=anomalies")
    assert set(found) == {151, 152, 153}
    assert set(found) & set(points("max_points=10"))


def test_a_machine_that_is_off_all_the_time_is_seen(record, points):
    record(dict.fromkeys(range(1, 301), None), shares=None)
    assert len(points("max_points=10")) >= 2


def test_filters_come_before_buckets(wave, points):
    assert points("max_points=10&only=anomalies") == {1001: 0.97}
    assert set(points("max_points=10&min_score=0.39").values()) <= {s / 100_000 for s in range(39_000, 97_001)}


def test_points_have_their_contributions_and_every_format_has_them(wave, read):
    table = read("?max_points=10&sensors=flow", Accept="text/csv")
    lines = table.text.splitlines()
    assert lines[0].endswith("anomaly_score,pump\\flow")
    assert all(line.endswith(",0.5") for line in lines[1:])
    assert table.headers["Bucket-Width"]


def test_a_scheduler_without_predictions_has_no_points(plant, points):
    assert points("max_points=10") == {}


@pytest.mark.parametrize("most", [9, 10_001, "many"])
def test_a_number_of_points_that_makes_no_sense_is_refused(plant, read, most):
    answer = read(f"?max_points={most}")
    assert (answer.status_code, answer.json["errors"][0]["parameter"]) == (422, "max_points")


@pytest.mark.parametrize("days", [0, 0.001, 0.5, 1, 30, 365, 3650, 100_000])
@pytest.mark.parametrize("buckets", [5, 50, 500])
def test_buckets_cover_a_span_wherever_it_begins(days, buckets):
    span = timedelta(days=days)
    width = bucket_width(span, buckets)
    assert span // width + 2 <= buckets
