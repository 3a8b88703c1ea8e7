"""Charts over HTTP: what they show, when they are drawn, and what is refused."""

import struct
from dataclasses import replace
from threading import Semaphore
from xml.etree import ElementTree

import pytest
from problem_checks import problem_of

from service.facade.charts import drawing

ONE_EVENT = {minute: 0.9 if 300 <= minute < 330 else 0.2 for minute in range(1, 720)}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def drawings(monkeypatch) -> list[str]:
    """The forms of the pictures that were drawn."""
    seen: list[str] = []
    for form in ("svg", "png"):
        draw = getattr(drawing, f"draw_{form}")
        noting = lambda *given, draw=draw, form=form: seen.append(form) or draw(*given)  # noqa: E731
        monkeypatch.setattr(f"service.facade.usecases.pictures.draw_{form}", noting)
    return seen


def texts(svg: bytes) -> str:
    return " | ".join(ElementTree.fromstring(svg).itertext())


def test_a_chart_says_what_it_shows(chart, record, name):
    record(ONE_EVENT)

    answer = chart("svg?range=PT12H")

    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    root = ElementTree.fromstring(answer.data)
    assert (root.get("width"), root.get("height"), root.get("role")) == ("960", "320", "img")
    assert root.find(f"{SVG}title").text == f"Anomaly score of {name}"
    said = root.find(f"{SVG}desc").text
    assert "1 Mar 2026, 00:00 – 12:00 UTC: 1 event, peak 0.90." in said
    assert "The last event began 1 Mar 2026, 05:00 UTC and lasted PT29M." in said


def test_sensors_and_contributors_are_shown_below_the_score(chart, record):
    record(ONE_EVENT, shares=(0.2, 0.3, 0.5))

    answer = chart("svg?sensors=flow&contributors=1")

    assert ElementTree.fromstring(answer.data).get("height") == str(320 + 2 * 44)
    said = texts(answer.data)
    assert said.index("pump\\flow") < said.index("motor\\speed")
    assert "50 % in events" in said
    assert "pump\\power" not in said


def test_a_sensor_that_nothing_has_is_named(chart, record):
    record(ONE_EVENT)
    problem = problem_of(chart("svg?sensors=flaw"), 422, "invalid-request")
    assert "did you mean pump\\flow" in problem["errors"][0]["detail"]


def test_size_theme_and_title_are_as_they_were_asked_for(chart, record):
    record(ONE_EVENT)
    light, dark = (chart(f"svg?width=400&height=200&title=Feed+pump&theme={theme}").data for theme in ("light", "dark"))

    assert b'width="400" height="200" viewBox="0 0 400 200"' in dark
    assert b"Feed pump" in dark
    assert (b"#14181f" in light, b"#14181f" in dark) == (False, True)


@pytest.mark.parametrize("size", [(160, 100), (400, 100), (160, 1600), (2400, 100), (300, 260)])
def test_a_picture_of_any_size_is_drawn_with_what_there_is_room_for(chart, record, size):
    record(ONE_EVENT)
    answer = chart(f"svg?width={size[0]}&height={size[1]}&sensors=flow,power,speed")
    assert answer.status_code == 200
    assert (b">pump\\flow</text>" in answer.data) == (size[1] > 200)


def test_a_png_has_the_size_that_was_asked_for_times_its_scale(chart, record):
    record(ONE_EVENT)
    answer = chart("png?width=300&height=150&scale=3")

    assert answer.mimetype == "image/png"
    assert struct.unpack(">II", answer.data[16:24]) == (900, 450)


def test_a_chart_without_results_says_so(chart, record):
    record({})
    assert "No results in this time" in texts(chart().data)


def test_a_chart_of_scores_that_a_model_does_not_give_says_so(chart, record):
    record(dict.fromkeys(range(1, 60)))
    assert "The model gives no scores" in texts(chart("svg?range=PT12H").data)


def test_whoever_has_the_picture_is_told_so_and_nothing_is_drawn(chart, record, drawings):
    record(ONE_EVENT)
    first = chart()

    again = chart("svg", **{"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
    assert drawings == ["svg"]


def test_the_same_picture_is_drawn_once_for_all_who_ask(chart, record, drawings):
    record(ONE_EVENT)
    assert chart().data == chart().data == chart("svg?range=P1D&theme=light").data
    assert drawings == ["svg"]


def test_a_new_row_makes_another_picture(chart, record):
    record(ONE_EVENT)
    before = chart().headers["ETag"]
    record(ONE_EVENT | {719: 0.4})
    assert chart().headers["ETag"] != before


def test_when_too_many_wait_for_their_drawing_the_next_is_told_to_come_again(app, chart, record, resources):
    record(ONE_EVENT)
    drawn_before = chart("svg?width=333")
    app.extensions["lookout"] = replace(resources, drawers=Semaphore(0))

    assert chart("svg?width=333").data == drawn_before.data
    refused = chart("svg?width=334")
    problem_of(refused, 503, "charts-busy")
    assert refused.headers["Retry-After"] == "1"


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("range=PT1H&start_time=2026-03-01T00:00:00Z", "start_time"),
        ("start_time=2026-03-01T10:00:00Z&end_time=2026-03-01T09:00:00Z", "end_time"),
        ("start_time=2026-03-02T10:00:00Z", "end_time"),
        ("start_time=1999-03-02T10:00:00Z", "start_time"),
        ("start_time=0001-01-01T00:00:00Z", "start_time"),
        ("range=PT1S", "range"),
        ("range=P2Y", "range"),
        ("width=2401", "width"),
        ("height=99", "height"),
        ("theme=blue", "theme"),
        ("contributors=9", "contributors"),
        ("scale=3", "scale"),
    ],
)
def test_what_makes_no_chart_is_refused(chart, record, query, parameter):
    record({})
    problem = problem_of(chart(f"svg?{query}"), 422, "invalid-request")
    assert parameter in [item.get("parameter") for item in problem["errors"]]


def test_a_png_that_would_be_huge_is_refused(chart, record):
    record({})
    problem_of(chart("png?width=2400&height=1600&scale=3"), 422, "invalid-request")


def test_a_scheduler_that_was_deleted_still_has_its_chart(chart, record, upstream, name):
    record(ONE_EVENT)
    del upstream.schedulers[name]
    assert "1 event" in texts(chart("svg?range=PT12H").data)


def test_an_svg_opened_by_itself_may_have_its_styles_and_nothing_else(chart, record):
    record({})
    headers = chart().headers
    assert "style-src 'unsafe-inline'" in headers["Content-Security-Policy"]
    assert "script-src" not in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "private, no-cache"
    assert "Authorization" in headers["Vary"]
