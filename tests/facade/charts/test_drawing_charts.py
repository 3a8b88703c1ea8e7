"""Charts as pictures: the same bytes each time, whatever the machine, the thread, or the names in them."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from service.facade.charts.curves import broken, lonely
from service.facade.charts.drawing import draw_png, draw_svg
from service.facade.charts.ticks import ticks
from service.facade.domain.charts import Chart, ChartRange, Look, SensorShares

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LIBRARY = "matplotlib"
DRAW = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
import service.facade.app
assert {library!r} not in sys.modules, "imported by those who draw nothing"
from service.facade.charts.drawing import draw_svg
from service.facade.domain.charts import Chart, Look
start = datetime(2026, 3, 1, tzinfo=UTC)
chart = Chart(inference_scheduler_name="pump", start_time=start, end_time=start + timedelta(hours=1))
draw_svg(chart, Look(), Path(sys.argv[1]))
assert {library!r} + ".pyplot" not in sys.modules
"""


def chart(**changed) -> Chart:
    times = tuple(START + n * MINUTE for n in range(60))
    known = Chart(
        inference_scheduler_name="pump",
        start_time=START,
        end_time=START + timedelta(hours=1),
        times=times,
        scores=tuple(n / 60 for n in range(60)),
        pause=3 * MINUTE,
    )
    return replace(known, **changed)


def test_the_same_chart_is_the_same_bytes_in_every_thread(tmp_path):
    charts = [chart(inference_scheduler_name=f"pump-{number}") for number in range(3)]
    alone = [draw_svg(one, Look(), tmp_path) for one in charts] * 4
    wanted = charts * 4
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda one: draw_svg(one, Look(), tmp_path), wanted))

    assert together == alone
    assert draw_png(wanted[0], Look(), 1, tmp_path) == draw_png(wanted[0], Look(), 1, tmp_path)


def test_a_process_that_draws_nothing_pays_nothing_and_one_that_draws_needs_no_home(tmp_path):
    home = tmp_path / "home"
    home.mkdir(mode=0o500)
    nowhere = tmp_path / "nothing here"
    environment = os.environ | {"HOME": str(home), "XDG_CACHE_HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    environment.pop("MPLCONFIGDIR", None)

    said = subprocess.run(
        [sys.executable, "-c", DRAW.format(library=LIBRARY), str(nowhere)],
        env=environment, cwd=Path(__file__).parents[3], capture_output=True, text=True,
    )  # fmt: skip

    assert (said.returncode, said.stderr) == (0, "")
    assert list(home.iterdir()) == []
    assert not nowhere.exists()


def test_names_that_mean_something_elsewhere_are_just_names(tmp_path):
    hostile = '<b>&"$x^2$\x01\ufffe'
    shares = (SensorShares(sensor=hostile, shares=(0.5,) * 60, in_events=0.5),)
    drawn = draw_svg(chart(sensors=shares), Look(title=hostile), tmp_path)

    shown = " ".join(ElementTree.fromstring(drawn).itertext())
    assert shown.count('<b>&"$x^2$\ufffd\ufffd') >= 2


def test_text_that_is_too_long_ends_with_an_ellipsis(tmp_path):
    drawn = draw_svg(chart(inference_scheduler_name="W" * 200), Look(width=300), tmp_path)
    [title] = [text for text in ElementTree.fromstring(drawn).itertext() if text.endswith("W…")]
    assert 20 < len(title) < 50


def test_a_gap_breaks_the_line():
    times = [START, START + MINUTE, START + 9 * MINUTE, START + 10 * MINUTE]
    _, y = broken(times, [0.1, 0.2, 0.3, None], 3 * MINUTE)

    assert np.isnan(y).tolist() == [False, False, True, False, True]
    assert lonely(y).tolist() == [False, False, False, True, False]


@pytest.mark.parametrize(
    ("span", "most", "labels"),
    [
        (timedelta(minutes=30), 4, ["08:00", "08:10", "08:20", "08:30"]),
        (timedelta(hours=24), 4, ["12:00", "18:00", "2 Mar", "06:00"]),
        (timedelta(days=7), 4, ["3 Mar", "5 Mar", "7 Mar"]),
        (timedelta(days=40), 4, ["9 Mar", "23 Mar", "6 Apr"]),
        (timedelta(days=400), 5, ["Apr", "Jul", "Oct", "2027", "Apr"]),
        (timedelta(days=3650), 6, ["2028", "2030", "2032", "2034", "2036"]),
        (timedelta(seconds=4), 4, ["08:00:00", "08:00:01", "08:00:02", "08:00:03", "08:00:04"]),
    ],
)
def test_the_axis_has_round_moments(span, most, labels):
    assert [label for _, label in ticks(START, START + span, most)] == labels


def test_a_picture_up_to_now_moves_by_whole_pixels():
    days = ChartRange(span=timedelta(days=1))
    ends = {days.at(START + timedelta(seconds=second), 960)[1] for second in range(90)}

    assert len(ends) <= 2
    assert all(end >= START for end in ends)
