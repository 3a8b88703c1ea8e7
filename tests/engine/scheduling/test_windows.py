"""When a scheduler wakes and which window it then reads (AWS user guide, understanding the inference process)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.engine.scheduling.windows import (
    CatchUp,
    Schedule,
    Window,
    due_windows,
    first_window,
    oldest_kept,
    windows_between,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FOREVER = CatchUp("ALL", timedelta(days=3650))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def schedule(activated_at: datetime, frequency: int = 5, delay: int = 0) -> Schedule:
    return Schedule(minutes(frequency), minutes(delay), activated_at)


@pytest.mark.parametrize(
    ("frequency", "delay", "wakes"),
    [
        (5, 0, "09:05"), (5, 5, "09:10"), (10, 0, "09:10"), (10, 5, "09:15"), (15, 0, "09:15"),
        (15, 5, "09:20"), (30, 0, "09:30"), (30, 5, "09:35"), (60, 0, "10:00"), (60, 5, "10:05"),
    ],
)  # fmt: skip
def test_the_first_wake_up_of_a_scheduler_started_just_after_nine(frequency, delay, wakes):
    plan = schedule(at("2026-03-01T09:00:01"), frequency, delay)
    assert plan.wakes_at(first_window(plan)) == at(f"2026-03-01T{wakes}")


def test_ten_minutes_with_a_delay_of_five_started_at_eight_past_wakes_at_a_quarter_past():
    plan = schedule(at("2026-03-01T09:08"), 10, 5)
    assert plan.wakes_at(first_window(plan)) == at("2026-03-01T09:15")


@pytest.mark.parametrize(
    ("frequency", "delay", "activated", "wakes", "start", "end"),
    [
        (5, 0, "2026-03-01T23:57:30", "2026-03-02T00:00", "2026-03-01T23:55", "2026-03-02T00:00"),
        (15, 10, "2026-03-01T13:01", "2026-03-01T13:25", "2026-03-01T13:00", "2026-03-01T13:15"),
        (60, 60, "2026-03-01T13:01", "2026-03-01T15:00", "2026-03-01T13:00", "2026-03-01T14:00"),
        (30, 0, "2026-03-01T13:01", "2026-03-01T13:30", "2026-03-01T13:00", "2026-03-01T13:30"),
        (5, 60, "2026-03-01T13:01", "2026-03-01T14:05", "2026-03-01T13:00", "2026-03-01T13:05"),
    ],
)
def test_the_first_window_of_every_vector(frequency, delay, activated, wakes, start, end):
    plan = schedule(at(activated), frequency, delay)
    window = first_window(plan)
    assert (window.data_start_time, window.data_end_time, plan.wakes_at(window)) == (at(start), at(end), at(wakes))


def test_an_activation_exactly_on_a_boundary_waits_for_the_next_one():
    assert first_window(schedule(NOON)).data_end_time == NOON + minutes(5)


def test_nothing_is_due_before_the_wake_up():
    assert due_windows(schedule(NOON), NOON + minutes(4.99), None, FOREVER) == []


def test_a_window_is_due_at_the_very_instant_of_its_wake_up():
    assert due_windows(schedule(NOON), NOON + minutes(5), None, FOREVER) == [Window(NOON, NOON + minutes(5))]


def test_a_recorded_window_is_not_due_again():
    assert due_windows(schedule(NOON), NOON + minutes(6), NOON + minutes(5), FOREVER) == []


def test_rounds_missed_since_the_last_one_are_all_due_oldest_first():
    due = due_windows(schedule(NOON), NOON + minutes(21), NOON + minutes(5), FOREVER)
    assert [window.data_end_time for window in due] == [NOON + minutes(count) for count in (10, 15, 20)]


def test_windows_of_before_the_activation_are_never_due():
    due = due_windows(schedule(NOON), NOON + minutes(11), NOON - minutes(60), FOREVER)
    assert [window.data_start_time for window in due] == [NOON, NOON + minutes(5)]


def test_a_delay_longer_than_the_frequency_still_runs_every_window_once():
    plan, done, seen = schedule(NOON, 5, 60), None, []
    for minute in range(60, 91):
        for window in due_windows(plan, NOON + minutes(minute), done, FOREVER):
            seen.append(window.data_end_time)
            done = window.data_end_time
    assert seen == [NOON + minutes(count) for count in (5, 10, 15, 20, 25, 30)]


# Five-minute windows; activated at noon and done up to five past, unless it says otherwise. Ends and nows are minutes
# after noon.
@pytest.mark.parametrize(
    ("policy", "bound", "delay", "now", "ends"),
    [
        ("ALL", 15, 0, 600, [585, 590, 595, 600]),  # a wake-up as old as the bound is still run
        ("ALL", 15, 0, 601, [590, 595, 600]),
        ("ALL", 15, 5, 605, [585, 590, 595, 600]),  # age counts from the wake-up, not from the window
        ("ALL", 0, 0, 22, [20]),  # the newest is never skipped
        ("ALL", 1000, 0, 22, [10, 15, 20]),  # and never more than was missed
        ("LATEST", 1000, 0, 22, [20]),
        ("LATEST", 0, 0, 24.9, [20]),
        ("LATEST", 1000, 60, 84, [20]),
        ("LATEST", 1000, 0, 9, []),  # nothing was missed
        ("SKIP", 1000, 0, 20, [20]),  # on time
        ("SKIP", 1000, 0, 21, [20]),  # a minute is no outage
        ("SKIP", 1000, 0, 21.1, []),
        ("SKIP", 1000, 5, 25.5, [20]),
        ("SKIP", 1000, 5, 27, []),
        ("SKIP", 1000, 0, 9, []),
    ],
)
def test_which_missed_windows_are_run_late(policy, bound, delay, now, ends):
    due = due_windows(schedule(NOON, 5, delay), NOON + minutes(now), NOON + minutes(5), CatchUp(policy, minutes(bound)))
    assert [window.data_end_time for window in due] == [NOON + minutes(end) for end in ends]


def test_the_newest_window_of_a_scheduler_that_has_run_nothing_is_due_even_with_a_bound_of_nothing():
    due = due_windows(schedule(NOON), NOON + minutes(7), None, CatchUp("ALL", minutes(0)))
    assert [window.data_end_time for window in due] == [NOON + minutes(5)]


@pytest.mark.parametrize(("policy", "oldest"), [("SKIP", 20), ("LATEST", 20), ("ALL", 10)])
def test_a_window_waits_for_a_worker_as_long_as_it_would_be_run_late(policy, oldest):
    assert oldest_kept(schedule(NOON), NOON + minutes(23), CatchUp(policy, minutes(15))) == NOON + minutes(oldest)


def test_a_row_on_the_start_of_the_window_belongs_to_the_window_before():
    window = Window(NOON, NOON + minutes(5))
    assert NOON not in window
    assert NOON + timedelta(microseconds=1) in window
    assert NOON + minutes(5) in window


def test_a_window_prints_as_the_service_prints_it():
    window = Window(at("2022-05-13T12:10"), at("2022-05-13T12:15"))
    assert str(window) == "(2022-05-13T12:10:00Z, 2022-05-13T12:15:00Z]"


def test_a_replay_covers_only_the_windows_that_lie_wholly_inside_its_range():
    inside = windows_between(NOON + minutes(1), NOON + minutes(19), minutes(5))
    assert [window.data_start_time for window in inside] == [NOON + minutes(5), NOON + minutes(10)]


def test_a_replay_of_exactly_one_window_covers_it():
    assert windows_between(NOON, NOON + minutes(5), minutes(5)) == [Window(NOON, NOON + minutes(5))]


def test_a_range_shorter_than_the_grid_covers_nothing():
    assert windows_between(NOON + minutes(1), NOON + minutes(6), minutes(5)) == []


moments = st.floats(1e9, 4e9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
frequencies = st.sampled_from([5, 10, 15, 30, 60])
delays = st.integers(0, 60)


@given(moments, frequencies, delays)
def test_the_first_window_ends_after_the_activation_and_starts_at_or_before_it(activated, frequency, delay):
    window = first_window(schedule(activated, frequency, delay))
    assert activated in Window(window.data_start_time - timedelta(microseconds=1), window.data_end_time)
    assert window.data_end_time > activated
    assert window.data_end_time.minute % min(frequency, 60) == 0


@given(moments, frequencies, delays, st.lists(st.integers(0, 5000), max_size=12))
def test_however_often_the_tick_comes_every_window_is_due_exactly_once(activated, frequency, delay, steps):
    plan, now, done, seen = schedule(activated, frequency, delay), activated, None, []
    for seconds in steps:
        now += timedelta(seconds=seconds)
        due = due_windows(plan, now, done, FOREVER)
        done = due[-1].data_end_time if due else done
        seen += due
    expected = [
        window for window in windows_between(activated - minutes(frequency), now, minutes(frequency))
        if window.data_end_time > activated and plan.wakes_at(window) <= now
    ]  # fmt: skip
    assert seen == expected
