"""Every write stands in the audit log before it is done; refusals, too."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from keyed import client_holding, new_key
from problem_checks import problem_of

from service.facade.domain.keys import id_of
from service.facade.store.database import connect
from service.facade.usecases.keys import revoke_key

HERE = "/v1/audit-log"


@pytest.fixture
def team(unique) -> str:
    """A team that no other test has."""
    return f"team-{unique}"


@pytest.fixture
def key(resources, team) -> str:
    return new_key(resources, team, name="historian")


@pytest.fixture
def admin(app, key) -> FlaskClient:
    return client_holding(key, app)


@pytest.fixture
def entries(admin) -> Callable[..., list[dict[str, Any]]]:
    """`entries(actor=…)`: what the log shows, newest first, without the making of the keys of this test."""

    def read(**query: str) -> list[dict[str, Any]]:
        answer = admin.get(HERE, query_string=query)
        assert answer.status_code == 200, answer.data
        return [entry for entry in answer.json["entries"] if entry["operation_id"] != "create_key"]

    return read


def test_a_write_is_told_with_who_when_what_and_what_came_of_it(admin, entries, key, name, team, upstream):
    upstream.add_scheduler(name, team=team)
    answer = admin.post(f"/v1/schedulers/{name}/stop", headers={"X-Request-Id": "abc"})
    assert answer.status_code == 202

    [entry] = entries()
    began, ended = (datetime.fromisoformat(entry.pop(moment)) for moment in ("at", "ended_at"))
    assert timedelta(0) <= ended - began < timedelta(seconds=10)
    assert timedelta(0) <= datetime.now(UTC) - ended < timedelta(seconds=10)
    assert entry == {
        "actor": "key:historian",
        "key_id": id_of(key),
        "client_address": "127.0.0.1",
        "method": "POST",
        "path": f"/v1/schedulers/{name}/stop",
        "operation_id": "stop_scheduler",
        "inference_scheduler_name": name,
        "request_id": "abc",
        "status": 202,
        "problem": None,
    }


def test_reading_is_not_told(admin, entries):
    for address in ("/v1/schedulers", "/v1/models", HERE):
        admin.get(address)
        admin.head(address)
        admin.options(address)
    assert entries() == []


def test_a_write_that_failed_is_told_with_its_problem(admin, entries, name, team, upstream):
    upstream.add_scheduler(name, "STOPPED", team=team)
    upstream.add_scheduler(f"{name}-theirs", team="other")
    admin.post(f"/v1/schedulers/{name}/stop")
    admin.post(f"/v1/schedulers/{name}-theirs/stop")
    admin.patch(f"/v1/schedulers/{name}", json={"colour": "red"})
    admin.post(f"/v1/schedulers/{name}/stop", json={})

    told = [(entry["status"], entry["problem"]) for entry in reversed(entries())]
    assert told[:3] == [(409, "wrong-state"), (404, "scheduler-not-found"), (422, "invalid-request")]
    assert len(told) == 4


def test_a_write_that_broke_is_told_as_broken(app, admin, entries, name, team, upstream, monkeypatch, resources):
    upstream.add_scheduler(name, team=team)
    monkeypatch.setattr(type(resources.schedulers), "stop", lambda *_: 1 / 0)
    assert admin.post(f"/v1/schedulers/{name}/stop").status_code == 500

    assert [(entry["status"], entry["problem"]) for entry in entries()] == [(500, "internal-error")]


def test_a_process_that_is_killed_amid_a_write_leaves_what_it_set_about(
    admin, entries, name, team, upstream, monkeypatch, resources
):
    class Killed(BaseException):
        """Stands for a SIGKILL."""

    def killed(*_):
        raise Killed

    upstream.add_scheduler(name, team=team)
    monkeypatch.setattr(type(resources.schedulers), "stop", killed)
    with pytest.raises(Killed):
        admin.post(f"/v1/schedulers/{name}/stop")

    [entry] = entries()
    assert (entry["operation_id"], entry["status"], entry["ended_at"]) == ("stop_scheduler", None, None)


def test_a_created_scheduler_is_told_by_its_name_though_the_address_has_none(admin, entries, new_scheduler, name):
    assert admin.post("/v1/schedulers", json=new_scheduler).status_code == 202
    assert [entry["operation_id"] for entry in entries(inference_scheduler_name=name)] == ["create_scheduler"]


def test_a_refusal_for_want_of_a_scope_is_told(app, resources, entries, name, team, upstream):
    upstream.add_scheduler(name, team=team)
    reader = client_holding(new_key(resources, team, ["read"], name="reader"), app)
    reader.post(f"/v1/schedulers/{name}/stop")
    reader.get(HERE)

    told = [(entry["actor"], entry["operation_id"], entry["status"], entry["problem"]) for entry in entries()]
    assert told == [
        ("key:reader", "list_audit_log", 403, "insufficient-scope"),
        ("key:reader", "stop_scheduler", 403, "insufficient-scope"),
    ]


def test_what_is_done_on_the_command_line_is_told(resources, admin, key, team):
    other = new_key(resources, team)
    revoke_key(resources.database, id_of(other), "cli:root", datetime.now(UTC))

    revoked, created, _ = admin.get(HERE).json["entries"]
    assert (revoked["operation_id"], created["operation_id"]) == ("revoke_key", "create_key")
    assert revoked["path"] == created["path"] == f"/keys/{id_of(other)}"
    assert (revoked["actor"], revoked["method"], revoked["status"]) == ("cli:root", "CLI", 200)


def test_a_team_sees_its_own_entries_alone(client_of, entries, name, unique, upstream):
    client_of(f"other-{unique}").post(f"/v1/schedulers/{name}/stop")
    assert entries() == []


def test_entries_are_filtered_by_actor_scheduler_and_time(admin, app, resources, entries, name, team, upstream):
    for suffix in ("a", "b"):
        upstream.add_scheduler(f"{name}-{suffix}", team=team)
        admin.post(f"/v1/schedulers/{name}-{suffix}/stop")
    other = client_holding(new_key(resources, team, name="other"), app)
    other.post(f"/v1/schedulers/{name}-a/start")
    third, second, first = entries()

    assert entries(actor="key:other") == [third]
    assert entries(inference_scheduler_name=f"{name}-a") == [third, first]
    assert entries(inference_scheduler_name=f"{name}-a", actor="key:historian") == [first]
    assert second in entries(start_time=second["at"])
    assert first not in entries(start_time=second["at"])
    assert third not in entries(end_time=second["at"])
    assert entries(start_time="2000-01-01", end_time="2000-01-02") == []


def test_pages_lead_on_while_entries_arrive(admin, name):
    for _ in range(5):
        admin.post(f"/v1/schedulers/{name}/stop")
    seen, address = [], f"{HERE}?limit=2"
    while address:
        answer = admin.get(address).json
        seen += [(entry["at"], entry["request_id"]) for entry in answer["entries"]]
        admin.post(f"/v1/schedulers/{name}/stop")
        address = answer["next"]

    assert len(seen) == len(set(seen)) == 6  # five, and the making of the key
    assert seen == sorted(seen, key=lambda entry: entry[0], reverse=True)


def test_a_cursor_of_another_query_is_refused(admin, name):
    for _ in range(2):
        admin.post(f"/v1/schedulers/{name}/stop")
    following = admin.get(f"{HERE}?limit=1").json["next"]
    problem_of(admin.get(f"{following}&actor=somebody"), 422, "bad-cursor")
    problem_of(admin.get(f"{HERE}?cursor=nonsense"), 422, "bad-cursor")


def test_a_write_that_cannot_be_written_down_is_not_done(app, admin, name, team, upstream, resources):
    upstream.add_scheduler(name, team=team)
    gone = connect("postgresql://lookout@/facade?host=/nowhere", connections=1)
    app.extensions["lookout"] = replace(resources, database=gone)
    upstream.calls.clear()

    refused = admin.post(f"/v1/schedulers/{name}/stop")

    problem_of(refused, 503, "database-unavailable")
    assert int(refused.headers["Retry-After"]) > 0
    assert upstream.calls == []
    assert admin.get(f"/v1/schedulers/{name}").status_code == 200
    gone.close()


def test_a_refusal_is_the_same_when_it_cannot_be_written_down(app, resources):
    gone = connect("postgresql://lookout@/facade?host=/nowhere", connections=1)
    reader = client_holding(new_key(resources, scopes=["read"]), app)
    app.extensions["lookout"] = replace(resources, database=gone)

    problem_of(reader.get(HERE), 403, "insufficient-scope")
    gone.close()


def test_no_body_and_no_key_stand_in_the_log(admin, new_scheduler, resources, key, team):
    new_scheduler["role_arn"] = "arn:aws:iam::123456789012:role/very-special"
    admin.post("/v1/schedulers?unknown=parameter", json=new_scheduler)
    said = admin.get(HERE).text
    assert "create_scheduler" in said
    assert not any(secret in said for secret in ("very-special", "unknown=", key, key.rpartition("_")[2]))
