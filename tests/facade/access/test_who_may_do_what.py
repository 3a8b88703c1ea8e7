"""Two teams, three scopes, every route: who may do what.

A route that is missing here fails the test at the end: write down its scope, what its owner is answered, and what
somebody of another team is answered who names the same thing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from nudges import Nudges
from stub_upstream import StubUpstream
from two_teams import CSV, MINE, SPAN, THEIRS, TwoTeams, address_of

from service.embedded.s3 import DEFAULT_KEY_ID, DEFAULT_SECRET
from service.facade.api.base import EXTENSION
from service.facade.domain.access import SCOPES
from service.facade.resources import Resources, join
from service.settings import Settings

# With another team's keys it is the scope that is looked at first, as with ours, so its strongest key tells the rest.
CALLERS = [*((MINE, scope) for scope in (None, *SCOPES)), (THEIRS, SCOPES[-1])]
READING = ("Describe", "List")


@dataclass(frozen=True)
class May:
    """`scope` None: anybody. `mine` and `theirs` are what the two teams are answered where the scope is enough."""

    scope: str | None
    mine: int = 200
    theirs: int = 404
    state: str = "RUNNING"
    sent: dict[str, Any] = field(default_factory=dict)


def configuration(name: str) -> dict[str, Any]:
    return {"s3_" + name + "_configuration": {"bucket": "plant", "prefix": name + "/"}}


NEW = {
    "model_name": "pump-model",
    "data_upload_frequency": "PT5M",
    "data_input_configuration": configuration("input"),
    "data_output_configuration": configuration("output"),
}
S = "/v1/schedulers/<scheduler_name>"
E = f"{S}/events/<event_id>"
PAGE = "/portal/schedulers/<scheduler_name>"
W = "/v1/webhooks/<webhook_id>"
IMPORT = f"POST {S}/imports"
TABLE = {
    # --- anybody
    "GET /": May(None, 302, 302),
    "GET /docs": May(None, 200, 200),
    "GET /docs/start.js": May(None, 200, 200),
    "GET /docs/static/<path:name>": May(None, 200, 200),
    "GET /healthz": May(None, 200, 200),
    "GET /embed.js": May(None, 200, 200),
    "GET /embed/<token>": May(None, 404, 404),  # the token says who may
    "GET /embed/<token>/chart.svg": May(None, 404, 404),
    "GET /metrics": May(None, 401, 401),  # no key opens it
    "GET /openapi.json": May(None, 200, 200),
    "GET /problems/<slug>": May(None, 200, 200),
    "GET /readyz": May(None, 200, 200),
    "GET /portal/login": May(None, 200, 200),
    "POST /portal/login": May(None, 401, 401),  # without a key in the form
    "GET /portal/login/oidc": May(None, 404, 404),  # where no client is known to an issuer
    "GET /portal/login/callback": May(None, 404, 404),
    "GET /portal/static/<path:asset_name>": May(None, 200, 200),
    # --- everybody with a key; lists show what is the caller's own
    "GET /v1/models": May("read", 200, 200),
    "GET /v1/models/<model_name>": May("read", 200, 200),
    "GET /v1/schedulers": May("read", 200, 200),
    "POST /v1/schedulers": May("operate", 202, 202, sent={"json": NEW}),
    "GET /v1/audit-log": May("admin", 200, 200),
    "GET /portal": May("read", 200, 200),
    "POST /portal": May("operate", 422, 422),  # without a choice
    "GET /portal/schedulers/new": May("operate", 200, 200),
    "POST /portal/schedulers/new": May("operate", 422, 422),  # of an empty form
    "POST /portal/logout": May("read", 303, 303),
    # --- the page of a scheduler, its parts and its forms
    f"GET {PAGE}": May("read"),
    f"GET {PAGE}/parts/<part>": May("read"),
    f"POST {PAGE}/start": May("operate", 303, state="STOPPED"),
    f"POST {PAGE}/stop": May("operate", 303),
    f"POST {PAGE}/delete": May("operate", 303),
    f"POST {PAGE}/events/<event_id>/acknowledgement": May("operate", 303),
    f"POST {PAGE}/events/<event_id>/feedback": May("operate", 303, sent={"data": {"verdict": "true"}}),
    f"POST {PAGE}/replays": May("operate", 303, sent={"data": {"plan_start": "2026-03-01", "plan_end": "2026-03-02"}}),
    f"POST {PAGE}/replays/<replay_id>/cancel": May("operate", 303),
    f"POST {PAGE}/uploads": May("operate", 422, sent={"content_type": "multipart/form-data; boundary=b"}),  # no file
    f"POST {PAGE}/uploads/<upload_id>/cancel": May("operate", 303),
    "GET /v1/notifications": May("read", 200, 200),
    "GET /v1/stream": May("read", 200, 200),
    # --- a scheduler, and what belongs to it
    f"GET {S}": May("read"),
    f"PATCH {S}": May("operate", sent={"json": {"data_upload_frequency": "PT10M"}}),
    f"DELETE {S}": May("operate", 204, state="STOPPED"),
    f"POST {S}/start": May("operate", 202, state="STOPPED"),
    f"POST {S}/stop": May("operate", 202),
    f"GET {S}/executions": May("read"),
    f"GET {S}/next-runs": May("read"),
    f"POST {S}/validate": May("operate"),  # it writes a probe object
    f"GET {S}/predictions": May("read"),
    f"GET {S}/chart.svg": May("read"),
    f"GET {S}/chart.png": May("read"),
    f"POST {S}/embeds": May("operate", 201, sent={"json": {}}),
    f"GET {S}/embeds": May("read"),
    "DELETE /v1/embeds/<embed_id>": May("operate", 204),
    f"GET {S}/events": May("read"),
    f"GET {E}": May("read"),
    f"PUT {E}/acknowledgement": May("operate", sent={"json": {}}),
    f"DELETE {E}/acknowledgement": May("operate", 204),
    f"PUT {E}/feedback": May("operate", sent={"json": {"verdict": "true"}}),
    f"DELETE {E}/feedback": May("operate", 204),
    f"GET {S}/feedback": May("read"),
    f"GET {S}/readings": May("read", 502),  # the plant's bucket is not there
    f"POST {S}/uploads": May("operate", 202, sent={"data": CSV, "content_type": "text/csv"}),
    f"GET {S}/uploads": May("read"),
    "GET /v1/uploads/<upload_id>": May("read"),
    "DELETE /v1/uploads/<upload_id>": May("operate"),
    f"POST {S}/direct-uploads": May("operate", 201, sent={"json": {}}),
    "POST /v1/uploads/<upload_id>/complete": May("operate", 202),
    f"GET {S}/column-mapping": May("read"),
    f"PUT {S}/column-mapping": May("operate", sent={"json": {}}),
    f"DELETE {S}/column-mapping": May("operate", 204),
    f"POST {S}/replays": May("operate", 202, sent={"json": SPAN}),
    f"GET {S}/replays": May("read"),
    "GET /v1/replays/<replay_id>": May("read"),
    "DELETE /v1/replays/<replay_id>": May("operate", 202),
    f"POST {S}/maintenance-windows": May("operate", 201, sent={"json": SPAN}),
    f"GET {S}/maintenance-windows": May("read"),
    "DELETE /v1/maintenance-windows/<window_id>": May("operate", 204),
    IMPORT: May("operate", 202, sent={"json": {"bucket": "BUCKET"}}),
    f"GET {S}/imports": May("read"),
    "GET /v1/imports/<import_id>": May("read"),
    "DELETE /v1/imports/<import_id>": May("operate"),
    "GET /v1/operations/<operation_id>": May("read"),
    # --- webhooks: who decides where data go, and who may have something sent there again
    "GET /v1/webhooks": May("read", 200, 200),
    "POST /v1/webhooks": May("admin", 201, 201, sent={"json": {"url": "https://8.8.8.8/hook"}}),
    f"GET {W}": May("read"),
    f"PATCH {W}": May("admin", sent={"json": {"description": "night shift"}}),
    f"DELETE {W}": May("admin", 204),
    f"POST {W}/rotate-secret": May("admin"),
    f"POST {W}/test": May("operate", 202),
    f"POST {W}/recover": May("operate", sent={"json": {"since": datetime.now(UTC).isoformat()}}),
    f"GET {W}/deliveries": May("read"),
    "GET /v1/deliveries/<delivery_id>": May("read"),
    "POST /v1/deliveries/<delivery_id>/redeliver": May("operate", 202),
}


@pytest.fixture(scope="module")
def upstream() -> StubUpstream:
    return StubUpstream()


@pytest.fixture(scope="module")
def resources(valkey_url, facade_database_url, s3_endpoint_url, s3, upstream, session_folder) -> Iterator[Resources]:
    """One for all routes; what a test names is its own."""
    settings = Settings(
        redis_url=valkey_url,
        facade_database_url=facade_database_url,
        s3_endpoint_url=s3_endpoint_url,
        lookoutequipment_endpoint_url="http://engine.test",
        aws_access_key_id=DEFAULT_KEY_ID,
        aws_secret_access_key=DEFAULT_SECRET,
        data_dir=str(session_folder),
        staging_bucket="staging-of-two-teams",
        rate_limit="",
    )
    s3.create_bucket(Bucket=settings.staging_bucket)
    joined = join(settings, Nudges())
    upstream.behind(joined)
    yield joined
    joined.close()


@pytest.fixture
def app(one_app, resources) -> Flask:
    one_app.extensions[EXTENSION] = resources
    return one_app


@pytest.fixture(scope="module")
def known_teams(one_app, resources, upstream, s3) -> TwoTeams:
    s3.create_bucket(Bucket="bucket-of-two-teams")
    return TwoTeams(one_app, resources, upstream, "of-all", "bucket-of-two-teams")


@pytest.fixture
def teams(app, known_teams) -> TwoTeams:
    return known_teams


@pytest.mark.parametrize("route", TABLE)
def test_a_route_answers_each_caller_as_the_table_says(teams, upstream, route):
    method, rule = route.split()
    may = TABLE[route]
    said, told, places = {}, {}, teams.fill(rule, may.state)
    for team, scope in CALLERS:
        upstream.calls.clear()
        answer = ask(teams.client(team, scope), method, rule, places, may, teams.bucket)
        said[team, scope] = answer.status_code
        if team == MINE and scope:
            told[answer.headers["X-Request-Id"]] = (method, answer.status_code)
        if answer.status_code in (401, 403, 404):
            assert all(call.startswith(READING) for call in upstream.calls), upstream.calls
        elif method != "GET":
            places = teams.fill(rule, may.state)  # what was there is no longer what it was

    assert said == {(team, scope): expected(may, team, scope) for team, scope in CALLERS}
    if method != "GET" and may.scope is not None:
        log = {entry["request_id"]: (entry["method"], entry["status"]) for entry in teams.audit_log()}
        assert told.items() <= log.items(), "the audit log does not tell of all"


def expected(may: May, team: str, scope: str | None) -> int:
    if may.scope is not None and scope is None:
        return 401
    if may.scope is not None and SCOPES.index(scope) < SCOPES.index(may.scope):
        return 403
    return may.mine if team == MINE else may.theirs


# Histories of schedulers that are gone are read in under their names, so a free name is no 404 there.
@pytest.mark.parametrize(
    "route", [route for route, may in TABLE.items() if may.theirs == 404 and may.scope and route != IMPORT]
)
def test_what_another_team_has_is_answered_like_what_is_not_there(teams, route):
    method, rule = route.split()
    may, stranger = TABLE[route], teams.client(THEIRS, "admin")
    there = teams.fill(rule, may.state)
    nowhere = {place: value[:-1] + ("0" if value[-1] != "0" else "1") for place, value in there.items()}
    nowhere |= {place: there[place] for place in ("event_id", "part") if place in there}

    answers = [plain(ask(stranger, method, rule, places, may, teams.bucket), places) for places in (there, nowhere)]

    assert answers[0] == answers[1]


def plain(answer: Any, places: dict[str, str]) -> dict[str, Any]:
    """A problem without the names it was asked for."""
    document = answer.json
    assert document["status"] == 404
    text = document["detail"]
    for value in places.values():
        text = text.replace(value, "…")
    del document["instance"], document["request_id"]
    return document | {"detail": text}


def ask(client: Any, method: str, rule: str, places: dict[str, str], may: May, bucket: str) -> Any:
    sent = dict(may.sent)
    if sent.get("json") is NEW:
        sent["json"] = NEW | {"inference_scheduler_name": f"new-{uuid4().hex}"}
    if sent.get("json") == {"bucket": "BUCKET"}:
        sent["json"] = {"bucket": bucket}
    return client.open(address_of(rule, places), method=method, **sent)


def test_lists_show_what_is_the_callers_own(app, resources, upstream, unique, bucket):
    teams = TwoTeams(app, resources, upstream, unique, bucket)
    name = teams.fill(S)["scheduler_name"]
    lists = [teams.client(team, "read").get("/v1/schedulers").json["schedulers"] for team in (MINE, THEIRS)]
    assert [[entry["inference_scheduler_name"] for entry in entries] for entries in lists] == [[name], []]


def test_every_route_stands_in_the_table(app):
    routes = {
        f"{method} {rule}" for rule in app.url_map.iter_rules() for method in (rule.methods or ()) - {"HEAD", "OPTIONS"}
    }
    assert routes == set(TABLE)
