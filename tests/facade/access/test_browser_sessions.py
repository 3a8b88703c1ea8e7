"""The cookie of a browser beside keys and tokens: what it opens, until when, and what no other page can do with it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from keyed import bearer, new_key
from sqlalchemy import text

from service.facade.api.base import EXTENSION
from service.facade.api.sent_bodies import JSON_BODY_BYTES
from service.facade.api.sessions import COOKIE
from service.facade.domain.access import Caller
from service.facade.domain.keys import id_of
from service.facade.domain.sessions import Session
from service.facade.rate_limits import RateLimits
from service.facade.resources import Resources
from service.facade.usecases.keys import revoke_key
from service.facade.usecases.sessions import close_session, open_session
from service.rates import Rate

LIST = "/v1/schedulers"


@dataclass
class Clock:
    """Now, and whatever a test adds."""

    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timed(app, resources, clock) -> Resources:
    app.extensions[EXTENSION] = timed = replace(resources, clock=clock)
    return timed


@pytest.fixture
def team(unique) -> str:
    return f"plant-{unique}"


@pytest.fixture
def key(resources, team) -> str:
    return new_key(resources, team, ["operate"], lifetime=timedelta(hours=3))


@pytest.fixture
def logged_in(timed, key, team) -> tuple[Session, str]:
    """Somebody who logged in with a key of the scope `operate`."""
    return open_session(timed, Caller(team, frozenset({"operate"}), "key:test", id_of(key)))


@pytest.fixture
def csrf(logged_in) -> dict[str, str]:
    return {"X-CSRF-Token": logged_in[0].csrf_token}


@pytest.fixture
def browser(app, logged_in) -> FlaskClient:
    """A client with the cookie and nothing else."""
    client = FlaskClient(app, app.response_class)
    client.set_cookie(COOKIE, logged_in[1])
    return client


@pytest.fixture
def start(name, upstream, team) -> str:
    """The address that starts a scheduler of the team, which is stopped."""
    upstream.add_scheduler(name, "STOPPED", team=team)
    return f"{LIST}/{name}/start"


def acts(client_of, team: str) -> list[dict[str, Any]]:
    """What the team did over HTTP, as the audit log tells it."""
    entries = client_of(team, ["admin"]).get("/v1/audit-log").json["entries"]
    return [entry for entry in entries if entry["method"] != "CLI"]


def test_the_cookie_alone_reads_what_is_the_teams_own(browser, upstream, name, team):
    upstream.add_scheduler(name, team=team)
    upstream.add_scheduler(f"{name}-of-others", team="other")
    assert [one["inference_scheduler_name"] for one in browser.get(LIST).json["schedulers"]] == [name]


def test_a_change_needs_the_token_of_the_page(browser, start, upstream, name):
    refused = browser.post(start)

    assert (refused.status_code, refused.json["type"]) == (403, "/problems/cross-site-request")
    assert upstream.schedulers[name]["Status"] == "STOPPED"


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "é"])
def test_no_other_token_will_do(browser, start, token):
    assert browser.post(start, headers={"X-CSRF-Token": token.encode().decode("latin-1")}).status_code == 403


def test_with_the_token_a_change_is_made_and_audited_with_the_key(browser, start, csrf, client_of, key, team):
    assert browser.post(start, headers=csrf).status_code == 202

    [entry] = acts(client_of, team)
    assert (entry["actor"], entry["key_id"], entry["status"]) == ("key:test", id_of(key), 202)


def test_a_refused_change_is_in_the_audit_log(browser, start, client_of, team):
    browser.post(start)

    [entry] = acts(client_of, team)
    assert (entry["operation_id"], entry["problem"]) == ("start_scheduler", "cross-site-request")


@pytest.mark.parametrize(
    "said", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"},
             {"Origin": "null"}, {"Origin": "http://localhost:1"}]
)  # fmt: skip
def test_a_page_of_another_origin_changes_nothing_even_with_the_token(browser, start, csrf, said):
    assert browser.post(start, headers=csrf | said).json["type"] == "/problems/cross-site-request"


@pytest.mark.parametrize(
    "said",
    [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"},
     {"Sec-Fetch-Site": "same-origin", "Origin": "https://behind-a-proxy.example"}],
)  # fmt: skip
def test_a_page_of_this_service_does(browser, start, csrf, said):
    assert browser.post(start, headers=csrf | said).status_code == 202


def test_a_page_at_the_public_address_does(browser, start, csrf, app, timed, logged_in):
    settings = replace(timed.settings, public_url="https://lookout.example.com")
    app.extensions[EXTENSION] = replace(timed, settings=settings)
    browser.set_cookie(f"__Host-{COOKIE}", logged_in[1])
    assert browser.post(start, headers=csrf | {"Origin": "https://lookout.example.com"}).status_code == 202


def test_over_tls_a_cookie_that_another_host_of_the_domain_may_have_set_opens_nothing(browser, logged_in):
    assert browser.get(LIST, base_url="https://localhost").status_code == 401
    browser.set_cookie(f"__Host-{COOKIE}", logged_in[1])
    assert browser.get(LIST, base_url="https://localhost").status_code == 200


def test_a_form_is_read_for_its_token_no_further_than_a_page_of_ours_is_long(browser, start):
    endless = BytesIO(b"a" * (3 * JSON_BODY_BYTES))
    refused = browser.post(
        start, input_stream=endless, content_type="application/x-www-form-urlencoded",
        environ_overrides={"wsgi.input_terminated": True},  # as gunicorn says of a body in chunks
    )  # fmt: skip
    assert refused.status_code == 413
    assert endless.tell() <= JSON_BODY_BYTES + 1


def test_the_scopes_of_the_key_hold(browser, csrf):
    assert browser.get("/v1/audit-log", headers=csrf).json["type"] == "/problems/insufficient-scope"


def test_authorization_wins_where_both_are_sent(browser, resources, upstream, name, team):
    upstream.add_scheduler(name, team="other")
    key = new_key(resources, "other")
    assert len(browser.get(LIST, headers=bearer(key)).json["schedulers"]) == 1
    assert browser.get(LIST, headers=bearer(key[:-1])).status_code == 401


def test_a_cached_describe_answers_the_cookie_as_it_answers_the_key(browser, key, app, upstream, name, team):
    upstream.add_scheduler(name, team=team)
    client, address = FlaskClient(app, app.response_class), f"{LIST}/{name}"
    answers = [client.get(address, headers=bearer(key)) for _ in range(2)] + [browser.get(address) for _ in range(2)]
    assert {answer.data for answer in answers} == {answers[0].data}
    browser.set_cookie(COOKIE, "b" * 43)
    assert [browser.get(address).status_code, client.get(address).status_code] == [401, 401]


def test_a_session_ends_at_once_with_its_key(browser, resources, key):
    assert browser.get(LIST).status_code == 200
    revoke_key(resources.database, id_of(key), "cli:tests", resources.clock())
    assert browser.get(LIST).status_code == 401


def test_a_session_ends_when_its_key_expires(browser, clock):
    clock.ahead = timedelta(hours=1, minutes=59)
    assert browser.get(LIST).status_code == 200
    clock.ahead = timedelta(hours=3, minutes=1)
    assert browser.get(LIST).status_code == 401


def test_a_session_ends_when_nobody_uses_it(browser, clock, timed):
    clock.ahead = timedelta(minutes=timed.settings.session_idle_minutes + 1)
    assert browser.get(LIST).status_code == 401


def test_a_session_of_a_token_ends_after_its_lifetime_however_much_it_is_used(app, timed, clock, team):
    browser = FlaskClient(app, app.response_class)
    browser.set_cookie(COOKIE, open_session(timed, Caller(team, frozenset({"read"}), "oidc:alice"))[1])
    for hour in range(12):
        clock.ahead = timedelta(hours=hour)
        assert browser.get(LIST).status_code == 200, hour
    clock.ahead = timedelta(hours=12, seconds=1)
    assert browser.get(LIST).status_code == 401


def test_a_closed_session_opens_nothing(browser, timed, logged_in):
    close_session(timed, logged_in[1])
    assert browser.get(LIST).status_code == 401


def test_what_has_ended_is_forgotten_at_the_next_log_in(timed, clock, logged_in, team):
    clock.ahead = timedelta(hours=13)
    open_session(timed, Caller(team, frozenset({"read"}), "oidc:alice"))
    with timed.database.begin() as db:
        kept = db.execute(text("SELECT digest FROM browser_sessions WHERE digest = :it"), {"it": logged_in[0].digest})
        assert kept.all() == []


def test_the_database_holds_nothing_that_a_cookie_could_be_made_of(timed, logged_in):
    with timed.database.begin() as db:
        kept = db.scalars(text("SELECT browser_sessions::text FROM browser_sessions")).all()
    assert any(logged_in[0].digest in row for row in kept)
    assert not any(logged_in[1] in row for row in kept)


def test_whoever_guesses_sessions_is_limited_by_address(app, timed, team):
    app.extensions[EXTENSION] = replace(timed, rate_limits=RateLimits(timed.cache, (Rate(5, 60),)))
    guesser = FlaskClient(app, app.response_class)
    guesser.environ_base["REMOTE_ADDR"] = f"of {team}"
    said = []
    for number in range(7):
        guesser.set_cookie(COOKIE, f"{number}" * 43)
        said.append(guesser.get(LIST).status_code)
    assert said == [401] * 5 + [429] * 2
