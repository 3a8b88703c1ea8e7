"""The aligned table of a training means the same wherever it is cut, and is cut into stretches of bounded size."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest
from plant import at

from service.engine.detection import LEAD_ROWS, Readings
from service.engine.work.bucket.dataset_copies import ComponentCopy, CopyFile, RowGroup
from service.engine.work.frames.off_condition import OffCondition
from service.engine.work.training.portions import Marking, Portion, load_portion, portions_of, save_portion
from service.engine.work.training.spans import Span, cells_between, spans_of

MINUTE = 60 * 10**9
START = int(np.datetime64("2026-02-01", "ns").astype(np.int64))
SENSORS = ("pump\\Pressure", "pump\\Flow", "motor\\Current")
RATE = timedelta(minutes=5)
MARKING = Marking(
    rate=RATE,
    off_condition=OffCondition("motor\\Current", below=True, limit=-1.0),
    learnt=(at("2026-02-01T02:00"), at("2026-02-02T12:00")),
    left_out=[(at("2026-02-01T05:00"), at("2026-02-01T06:00"))],
    anomalies=[(at("2026-02-01T05:00"), at("2026-02-01T06:00"))],
)


def components(seed: int = 5) -> list[Readings]:
    """Two days of two components at times of their own, with holes of up to hours."""
    rng = np.random.default_rng(seed)
    made = []
    for names, every in ((SENSORS[:2], 40), (SENSORS[2:], 130)):
        seconds = np.unique(rng.integers(0, 2 * 86_400, 2 * 86_400 // every))
        seconds = seconds[(seconds < 50_000) | (seconds > 58_000)]
        values = rng.normal(size=(len(seconds), len(names)))
        values[rng.random(values.shape) < 0.2] = np.nan
        times = np.datetime64("2026-02-01", "ns") + seconds * np.timedelta64(1, "s").astype("timedelta64[ns]")
        made.append(Readings(times, values, names))
    return made


def cut(parts: list[Readings], span: Span) -> list[Readings]:
    ends = [np.searchsorted(part.times.astype(np.int64), span, side="right") for part in parts]
    return [part.rows(slice(*end)) for part, end in zip(parts, ends, strict=True)]


def portions(marking: Marking, spans: list[Span]) -> list[Portion]:
    return list(portions_of((cut(components(), span) for span in spans), marking, SENSORS))


def evenly(count: int, step: int) -> list[Span]:
    cuts = [START - 1, *(START + number * 2880 * MINUTE // count // step * step for number in range(1, count))]
    return list(zip(cuts, [*cuts[1:], START + 2880 * MINUTE], strict=True))


@pytest.mark.parametrize("count", [2, 7, 100])
@pytest.mark.parametrize("rate", [None, RATE])
def test_a_table_that_is_cut_is_the_same_table(rate, count):
    marking = replace(MARKING, rate=rate)
    (whole,) = portions(marking, [(START - 1, START + 2880 * MINUTE)])
    parts = portions(marking, evenly(count, 5 * MINUTE))
    assert len(parts) == count
    for name in ("times", "values"):
        together = np.concatenate([getattr(part.table, name) for part in parts])
        np.testing.assert_array_equal(together, getattr(whole.table, name))
    np.testing.assert_array_equal(np.concatenate([part.off for part in parts]), whole.off)
    np.testing.assert_array_equal(np.concatenate([part.learnt for part in parts]), whole.learnt)
    np.testing.assert_array_equal(np.concatenate([part.known for part in parts]), whole.known)
    assert 0 < whole.off.sum() < whole.learnt.sum()
    assert whole.known.any()


@pytest.mark.parametrize("count", [1, 60])
def test_labelled_rows_reach_the_detector_with_the_running_rows_before_them(count):
    (whole,) = portions(MARKING, [(START - 1, START + 2880 * MINUTE)])
    running, found = whole.table.times[~whole.off], []
    for chunk in (part.chunk for part in portions(MARKING, evenly(count, 5 * MINUTE))):
        if chunk.labelled:
            rows, chosen = chunk.labelled.readings, chunk.labelled.chosen
            found.append(rows.times[chosen])
            before = running[running < found[-1][0]][-LEAD_ROWS:]
            np.testing.assert_array_equal(rows.times[: chosen.argmax()][-LEAD_ROWS:], before)
    np.testing.assert_array_equal(np.concatenate(found), whole.table.times[whole.known])


def test_a_chunk_has_the_rows_that_were_learnt_from_before_it_as_its_lead():
    (whole,) = portions(MARKING, [(START - 1, START + 2880 * MINUTE)])
    learnt = whole.chunk.readings
    seen = 0
    for part in portions(MARKING, evenly(60, 5 * MINUTE)):
        chunk = part.chunk
        assert (chunk.position, chunk.lead) == (seen, min(seen, LEAD_ROWS))
        expected = learnt.rows(slice(seen - chunk.lead, seen - chunk.lead + len(chunk.readings)))
        np.testing.assert_array_equal(chunk.readings.times, expected.times)
        np.testing.assert_array_equal(chunk.readings.values, expected.values)
        seen += len(chunk.readings) - chunk.lead
    assert seen == len(learnt)


def test_a_portion_that_is_written_is_read_as_it_was():
    for part in portions(MARKING, evenly(5, 5 * MINUTE)):
        read = load_portion(save_portion(part))
        assert read.table.sensors == SENSORS
        for one, other in ((part.table, read.table), (part.before.context, read.before.context)):
            np.testing.assert_array_equal(one.times, other.times)
            np.testing.assert_array_equal(one.values, other.values)
        np.testing.assert_array_equal(part.chunk.readings.values, read.chunk.readings.values)
        np.testing.assert_array_equal(part.off, read.off)
        assert part.before.position == read.before.position


def copy_of(component: str, rows: int, every: int = MINUTE) -> ComponentCopy:
    """A copy of so many rows, in one file of row groups of 1,000."""
    groups = tuple(RowGroup(START + first * every, min(1000, rows - first)) for first in range(0, rows, 1000))
    return ComponentCopy(component, ("a", "b"), (CopyFile("key", START + (rows - 1) * every, groups),))


@pytest.mark.parametrize("step", [None, 5 * MINUTE, 60 * MINUTE])
def test_stretches_cover_all_of_the_time_and_have_about_as_many_cells_as_are_allowed(step):
    copies, end = [copy_of("pump", 10_000), copy_of("motor", 2_000, 5 * MINUTE)], START + 10_000 * MINUTE
    spans = spans_of(copies, START - 1, end, 3_000, step, sensors=[2, 1])
    assert (spans[0][0], spans[-1][1]) == (START - 1, end)
    assert all(one[1] == other[0] for one, other in pairwise(spans))
    assert all(cut % (step or 1) == 0 for _, cut in spans[:-1])
    held = [cells_between(copies, [2, 1], *span) for span in spans]
    assert max(held) < 3_000 * 1.5
    assert sum(held) == pytest.approx(22_000, rel=0.01)


def test_where_a_copy_has_nothing_its_usual_density_is_expected():
    spans = spans_of([copy_of("pump", 1_000)], START - 1, START + 10_000 * MINUTE, 2_000, None, sensors=[2])
    assert 8 <= len(spans) <= 14
    assert cells_between([copy_of("pump", 1_000)], [2], START - 1, START + 10_000 * MINUTE) == pytest.approx(
        20_000, rel=0.01
    )


def test_few_data_are_one_stretch():
    assert len(spans_of([copy_of("pump", 1_000)], START - 1, START + 10**15, 10**6, None, sensors=[2])) == 1
