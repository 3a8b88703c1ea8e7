"""The page of a scheduler where something is missing: a neighbour, the scheduler itself, a scope, a token."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from keyed import new_key

from service.facade.domain.events import Event
from service.facade.domain.executions import FAILURE_CODES
from service.facade.domain.predictions import Prediction
from service.facade.portal.scheduler.picture import draw_scores
from service.facade.portal.scheduler.words import FAILURES
from service.facade.store import watched_schedulers
from service.facade.store.collecting import find_followed, follow
from service.facade.store.predictions import replace_windows

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TABLE = b"Timestamp,flow,power\n2026-03-01T12:31:00,1,2\n"


@pytest.fixture
def pump(upstream, resources, name: str) -> str:
    """A scheduler that runs and has found an anomaly of five rows."""
    upstream.add_scheduler(name)
    arn = upstream.schedulers[name]["InferenceSchedulerArn"]
    rows = [Prediction(NOON + at * MINUTE, 1, None, 0.9, ("pump\\flow",), (1.0,)) for at in range(1, 6)]
    with resources.database.begin() as db:
        replace_windows(db, follow(db, arn, name, "default").id, {NOON: rows})
    return name


@pytest.fixture
def browser(app, resources) -> FlaskClient:
    """Somebody who has logged in with a key that may do everything."""
    browser = FlaskClient(app, app.response_class)
    browser.environ_base["HTTP_ACCEPT"] = "text/html"
    assert browser.post("/portal/login", data={"key": new_key(resources)}).status_code == 303
    return browser


def token_in(page: str) -> str:
    return re.search(r'name="csrf-token" content="([^"]*)"', page)[1]


def test_with_the_engine_away_the_page_shows_what_the_store_has(client, upstream, pump):
    assert client.get(f"/portal/schedulers/{pump}").status_code == 200  # whose it is, is known from now on
    upstream.away = True

    page = client.get(f"/portal/schedulers/{pump}?range=all&event=20260301T120100Z")

    assert page.status_code == 200
    assert "Event of" in page.text
    assert "0.900" in page.text
    assert page.text.count("This cannot be shown at present") >= 3


def test_a_scheduler_that_was_deleted_still_shows_its_history(client, upstream, pump):
    del upstream.schedulers[pump]
    page = client.get(f"/portal/schedulers/{pump}?range=all")
    assert page.status_code == 200
    assert "Deleted" in page.text
    assert 'data-event="20260301T120100Z"' in page.text
    assert "<form method" not in page.text.split("<main", 1)[1]


@pytest.mark.parametrize("address", ["", "/parts/state", "/parts/uploads", "/parts/configuration"])
def test_a_name_that_nobody_ever_had_is_no_deleted_scheduler(client, name, address):
    assert client.get(f"/portal/schedulers/{name}{address}").status_code == 404


@pytest.mark.parametrize("part", ["state", "next_runs"])
def test_what_says_that_it_is_about_to_start_is_asked_again_at_once(client, upstream, name, part):
    upstream.add_scheduler(name, "PENDING")
    assert 'data-refresh="1000"' in client.get(f"/portal/schedulers/{name}/parts/{part}").text


def test_a_part_that_the_page_does_not_have_is_not_there(client, pump):
    assert client.get(f"/portal/schedulers/{pump}/parts/secrets").status_code == 404


def test_an_event_that_is_no_more_is_named_and_the_page_is_shown(client, pump):
    page = client.get(f"/portal/schedulers/{pump}?event=20260302T000000Z")
    assert page.status_code == 200
    assert "No event covers 20260302T000000Z" in page.text


def test_whoever_may_only_read_sees_no_form(client_of, pump):
    page = client_of(scopes=["read"]).get(f"/portal/schedulers/{pump}?event=20260301T120100Z").text
    assert "Nobody has acknowledged it." in page
    assert "<form" not in page


def test_an_upload_form_without_the_sessions_token_is_refused_before_a_file_is_read(browser, pump, resources):
    form = {"csrf_token": "guessed", "component": "pump", "file": (BytesIO(TABLE), "pump.csv")}
    refused = browser.post(f"/portal/schedulers/{pump}/uploads", data=form)
    assert refused.status_code == 403
    assert "0 uploads" not in refused.text
    assert browser.get(f"/v1/schedulers/{pump}/uploads", headers={"Accept": "*/*"}).json["uploads"] == []


def test_an_upload_form_from_another_site_is_refused(browser, pump):
    token = token_in(browser.get(f"/portal/schedulers/{pump}").text)
    form = {"csrf_token": token, "file": (BytesIO(TABLE), "pump.csv")}
    headers = {"Origin": "https://elsewhere.example"}
    assert browser.post(f"/portal/schedulers/{pump}/uploads", data=form, headers=headers).status_code == 403


def test_an_upload_form_is_taken_and_the_page_says_so(browser, pump):
    token = token_in(browser.get(f"/portal/schedulers/{pump}").text)
    form = {"csrf_token": token, "component": "pump", "time_zone": "", "file": (BytesIO(TABLE), "pump.csv")}
    sent = browser.post(f"/portal/schedulers/{pump}/uploads", data=form)
    assert sent.status_code == 303
    assert "The upload was accepted" in browser.get(sent.location).text


def test_a_time_of_a_form_that_is_none_is_refused_with_its_name(client, pump):
    refused = client.post(f"/portal/schedulers/{pump}/replays", data={"plan_start": "yesterday", "plan_end": "now"})
    assert (refused.status_code, refused.json["errors"][0]["parameter"]) == (422, "plan_start")


def test_the_page_calls_stale_what_the_notifications_call_so(client, resources, pump):
    def badges() -> str:
        return client.get(f"/portal/schedulers/{pump}/parts/state").text

    assert "Stale" not in badges()
    with resources.database.begin() as db:
        watched = watched_schedulers.hold(db, find_followed(db, "default", pump).id, NOON)
        watched_schedulers.save(db, replace(watched, stale_at=NOON))
    assert "Stale" in badges()


def test_every_failure_code_has_words():
    assert set(FAILURES) == set(FAILURE_CODES)


def test_the_picture_breaks_its_line_where_nothing_was_scored():
    points = [(NOON, 0.0), (NOON + 10 * MINUTE, 1.0), (NOON + 50 * MINUTE, 0.5)]
    picture = draw_scores(points, [], NOON, NOON + 100 * MINUTE, gap=20 * MINUTE)
    assert picture.line == "M0 100 L10 0 M50 50"
    assert picture.times[0] == (0.0, "12:00")


def test_an_event_that_reaches_out_of_the_picture_ends_at_its_border():
    event = Event(start_time=NOON - 60 * MINUTE, end_time=NOON + 25 * MINUTE, status="closed", points=85,
                  peak_score=None, peak_time=None, mean_score=None)  # fmt: skip
    [band] = draw_scores([], [event], NOON, NOON + 100 * MINUTE, MINUTE, selected=event.id).bands
    assert (band.x, band.width, band.selected) == (0.0, 25.0, True)
