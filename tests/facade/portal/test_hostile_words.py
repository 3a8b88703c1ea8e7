"""Whatever others wrote stands in a page as it was written, and no form of another site is taken for one of ours."""

from datetime import UTC, datetime, timedelta
from html import escape
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from keyed import new_key

from service.facade.api.sessions import SAFE_METHODS
from service.facade.domain.predictions import Prediction
from service.facade.store.collecting import follow
from service.facade.store.predictions import replace_windows

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVENT = "20260301T120100Z"
HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}"
_OPEN = {"/portal/login", "/portal/login/callback"}


@pytest.fixture
def browser(app, resources) -> FlaskClient:
    """Somebody who has logged in with a key that may do everything."""
    browser = FlaskClient(app, app.response_class)
    assert browser.post("/portal/login", data={"key": new_key(resources)}).status_code == 303
    return browser


@pytest.fixture
def pump(upstream, resources, name: str) -> str:
    """A scheduler with a hostile sensor, whose last run failed for a hostile reason."""
    upstream.add_scheduler(name)
    upstream.add_execution(name, 0, "FAILED", HOSTILE)
    arn = upstream.schedulers[name]["InferenceSchedulerArn"]
    rows = [Prediction(NOON + timedelta(minutes=at), 1, None, 0.9, (f"pump\\{HOSTILE}",), (1.0,)) for at in range(1, 6)]
    with resources.database.begin() as db:
        replace_windows(db, follow(db, arn, name, "default").id, {NOON: rows})
    return name


def test_notes_names_and_reasons_are_text_in_every_page(client, pump):
    page, events = f"/portal/schedulers/{pump}", f"/portal/schedulers/{pump}/events/{EVENT}"
    client.post(f"{events}/acknowledgement", data={"note": HOSTILE})
    client.post(f"{events}/feedback", data={"verdict": "true", "fault_code": HOSTILE, "note": HOSTILE})
    table = (BytesIO(b"Timestamp,flow\n2026-03-01T12:31:00,1\n"), f"{HOSTILE}.csv".replace('"', ""))
    client.post(f"/v1/schedulers/{pump}/uploads", data={"file": table})

    shown = client.get(f"{page}?range=all&event={EVENT}&notice={HOSTILE}&readings=1").text

    assert shown.count(str(escape(HOSTILE)).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")) >= 4
    for text in (shown, client.get("/portal").text, client.get(f"/portal/schedulers/new?model={HOSTILE}").text):
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_nothing_that_changes_something_takes_the_cookie_alone(app, browser, name):
    """Whatever the route: one that is added later, too."""
    rules = [
        rule for rule in app.url_map.iter_rules() if not rule.methods <= {*SAFE_METHODS} and rule.rule not in _OPEN
    ]
    assert len(rules) > 30
    for rule in rules:
        [method] = rule.methods - {*SAFE_METHODS}
        _, path = rule.build(dict.fromkeys(rule.arguments, name))
        refused = browser.open(path, method=method, headers={"Accept": "application/json"})
        if rule.endpoint != "portal_scheduler_uploads.upload":  # it reads the token out of what it streams
            assert (refused.status_code, refused.json["type"]) == (403, "/problems/cross-site-request"), rule
        elsewhere = browser.open(path, method=method, headers={"Origin": "https://evil.example"})
        assert (elsewhere.status_code, elsewhere.json["type"]) == (403, "/problems/cross-site-request"), rule


def test_every_template_escapes_by_itself(app):
    names = app.jinja_env.loader.list_templates()
    assert len(names) > 10
    assert [name for name in names if not app.select_jinja_autoescape(name)] == []


@pytest.mark.parametrize("path", ["/portal", "/portal/login", "/portal/schedulers/new", "/portal/nothing", "/docs"])
def test_every_page_forbids_scripts_that_are_not_ours_and_frames_of_others(browser, path):
    headers = browser.get(path, headers={"Accept": "text/html"}).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert (policy["default-src"], policy["script-src"], policy["frame-ancestors"]) == ("'none'", "'self'", "'none'")
    assert policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert (headers["X-Content-Type-Options"], headers["X-Frame-Options"]) == ("nosniff", "DENY")
    assert "Cookie" in headers["Vary"]
