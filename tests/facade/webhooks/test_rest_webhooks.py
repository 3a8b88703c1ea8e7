"""/v1/webhooks over HTTP: made, shown without its secret, changed, listed, removed; and the log of deliveries."""

from dataclasses import replace

import pytest
from cryptography.fernet import Fernet
from keyed import client_holding, new_key
from receiving import Says
from sqlalchemy import text

from service.facade.api.base import EXTENSION
from service.facade.domain.webhooks import MOST_WEBHOOKS
from service.facade.sealing import Sealer, Unsealable
from service.facade.usecases.webhook_work import deliver_webhooks
from service.facade.webhooks.resolving import Resolver

OUTSIDE = "https://receiver.example.com/hook"


@pytest.fixture
def resources(resources):
    """Names resolve to a public address, unless they are one."""
    resolver = Resolver(lambda host, port: [host if host[0].isdigit() else "93.184.216.34"])
    transport = replace(resources.webhook_transport, resolver=resolver)
    return replace(resources, webhook_transport=transport)


def test_a_webhook_is_made_with_a_secret_that_nobody_is_shown_again(client):
    made = client.post("/v1/webhooks", json={"url": OUTSIDE})
    assert made.status_code == 201
    assert made.json["secret"].startswith("whsec_")
    assert made.json | {"types": None, "inference_scheduler_names": None, "enabled": True} == made.json

    address = made.headers["Location"]
    seen = [client.get(address), client.get("/v1/webhooks"), client.patch(address, json={"description": "night"})]
    assert [answer.status_code for answer in seen] == [200, 200, 200]
    assert all(made.json["secret"] not in answer.text and "secret" not in answer.text for answer in seen)
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404


def test_a_repeated_request_gets_the_same_webhook_and_the_same_secret(client):
    again = {"Idempotency-Key": "once"}
    answers = [client.post("/v1/webhooks", json={"url": OUTSIDE}, headers=again).json for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(client.get("/v1/webhooks").json["webhooks"]) == 1


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ({}, "/url"),
        ({"url": "https://10.0.0.1/"}, "/url"),
        ({"url": "http://receiver.example.com/"}, "/url"),
        ({"url": "https://ana:secret@receiver.example.com/"}, "/url"),
        ({"url": OUTSIDE, "types": []}, "/types"),
        ({"url": OUTSIDE, "types": ["anomaly.openend"]}, "/types/0"),
        ({"url": OUTSIDE, "inference_scheduler_names": ["no name"]}, "/inference_scheduler_names/0"),
        ({"url": OUTSIDE, "description": "\0"}, "/description"),
        ({"url": OUTSIDE, "secret": "mine"}, "/secret"),
    ],
)
def test_what_cannot_be_is_refused_where_it_stands(client, wanted, pointer):
    answer = client.post("/v1/webhooks", json=wanted)
    assert (answer.status_code, [error["pointer"] for error in answer.json["errors"]]) == (422, [pointer])


def test_an_address_is_checked_when_it_is_changed_too(client):
    address = client.post("/v1/webhooks", json={"url": OUTSIDE}).headers["Location"]
    answer = client.patch(address, json={"url": "https://169.254.169.254/latest/meta-data"})
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/url")
    assert client.get(address).json["url"] == OUTSIDE


@pytest.mark.parametrize("enabled", [0, "off", None])
def test_a_webhook_is_enabled_or_not_and_nothing_in_between(client, enabled):
    address = client.post("/v1/webhooks", json={"url": OUTSIDE}).headers["Location"]
    answer = client.patch(address, json={"enabled": enabled})
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/enabled")


def test_null_asks_for_everything_again(client):
    address = client.post("/v1/webhooks", json={"url": OUTSIDE, "types": ["anomaly.opened"]}).headers["Location"]
    changed = client.patch(address, json={"types": None, "inference_scheduler_names": ["pump"]}).json
    assert (changed["types"], changed["inference_scheduler_names"]) == (None, ["pump"])


def test_a_team_has_so_many_webhooks_and_no_more(client):
    made = [client.post("/v1/webhooks", json={"url": OUTSIDE}) for _ in range(MOST_WEBHOOKS + 1)]
    assert [answer.status_code for answer in made].count(201) == MOST_WEBHOOKS
    assert (made[-1].status_code, made[-1].json["type"]) == (403, "/problems/quota-exceeded")


def test_lists_go_on_where_a_page_ends(client, register, tell, deliver, deliveries):
    made = [register(description=str(number))["id"] for number in range(3)]
    told = [tell(f"pump-{number}") for number in range(3)]
    deliver()
    first = client.get("/v1/webhooks?limit=2").json
    assert [one["id"] for one in [*first["webhooks"], *client.get(first["next"]).json["webhooks"]]] == made[::-1]

    page = client.get(f"/v1/webhooks/{made[0]}/deliveries?limit=2&status=succeeded").json
    rest = client.get(page["next"]).json
    assert [one["message_id"] for one in [*page["deliveries"], *rest["deliveries"]]] == told[::-1]
    assert rest["next"] is None
    assert client.get(f"/v1/webhooks/{made[0]}/deliveries?status=failed").json["deliveries"] == []


def test_another_team_sees_none_of_it(app, resources, client, register, tell, deliver, deliveries, unique):
    webhook = register()
    tell()
    deliver()
    [delivery] = deliveries(webhook)
    stranger = client_holding(new_key(resources, f"other-{unique}", lifetime=None), app)
    assert stranger.get("/v1/webhooks").json["webhooks"] == []
    for path in (f"webhooks/{webhook['id']}", f"webhooks/{webhook['id']}/deliveries", f"deliveries/{delivery['id']}"):
        assert stranger.get(f"/v1/{path}").status_code == 404
    assert stranger.post(f"/v1/deliveries/{delivery['id']}/redeliver").status_code == 404


def test_a_delivery_shows_what_was_sent_and_each_attempt(client, register, tell, deliver, receiver, deliveries):
    webhook = register()
    receiver.says(Says(422, b'{"error": "unknown pump"}'))
    message_id = tell()
    deliver()
    [delivery] = deliveries(webhook)
    assert delivery["payload"] == receiver.calls[0].payload
    assert (delivery["message_id"], delivery["status"], delivery["attempt_count"]) == (message_id, "retrying", 1)
    [attempt] = delivery["attempts"]
    assert (attempt["status_code"], attempt["answer"]) == (422, '{"error": "unknown pump"}')
    assert attempt["error"] == "The receiver answered 422."
    assert 0 <= attempt["latency_ms"] < 10_000


def test_whoever_wants_to_may_wait_for_a_test_call(client, register, receiver, resources, queue, deliver):
    """The nudge is worked on while the request waits."""
    webhook = register()
    queue.send = lambda task, *_, **__: deliver()
    answer = client.post(f"/v1/webhooks/{webhook['id']}/test", headers={"Prefer": "wait=5"})
    assert (answer.status_code, answer.json["status"]) == (200, "succeeded")
    assert answer.json["attempts"][0]["status_code"] == 204


# --- secrets at rest


@pytest.fixture
def kept(resources):
    """Everything about webhooks and repeated requests that stands in the database, as text."""

    def read() -> str:
        with resources.database.begin() as db:
            rows = db.execute(text("SELECT w::text FROM webhooks w")).scalars().all()
            bodies = db.execute(text("SELECT convert_from(body, 'UTF8') FROM idempotency_keys WHERE body IS NOT NULL"))
            return "\n".join([*rows, *bodies.scalars()])

    return read


def test_secrets_are_sealed_where_a_key_is_set(app, resources, client, receiver, tell, kept):
    sealed = replace(resources, sealer=Sealer((Fernet.generate_key().decode(),)))
    app.extensions[EXTENSION] = sealed
    twice = [
        client.post("/v1/webhooks", json={"url": receiver.url}, headers={"Idempotency-Key": "sealed"}).json
        for _ in range(2)
    ]
    assert twice[0] == twice[1]
    assert twice[0]["secret"] not in kept()
    assert "sealed:" in kept()

    tell()
    deliver_webhooks(sealed)
    [call] = receiver.calls
    assert call.verified(twice[0]["secret"])


def test_a_key_is_changed_by_putting_a_new_one_in_front():
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    kept = Sealer((old,)).seal(b"whsec_x")
    assert Sealer((new, old)).open(kept) == b"whsec_x"
    assert Sealer((new,)).open(b"whsec_from_before") == b"whsec_from_before"
    for sealer in (Sealer((new,)), Sealer()):
        with pytest.raises(Unsealable, match="LOOKOUT_SECRETS_KEY"):
            sealer.open(kept)


def test_a_secret_that_cannot_be_read_any_more_is_said_in_the_log_and_mended_by_rotation(
    app, resources, client, register, receiver, tell, deliver, deliveries
):
    app.extensions[EXTENSION] = replace(resources, sealer=Sealer((Fernet.generate_key().decode(),)))
    webhook = register()
    app.extensions[EXTENSION] = resources
    tell()
    deliver()
    [delivery] = deliveries(webhook)
    assert "Rotate the secret" in delivery["attempts"][0]["error"]
    assert receiver.calls == []

    new = client.post(f"/v1/webhooks/{webhook['id']}/rotate-secret", json={"overlap_hours": 0}).json
    client.post(f"/v1/deliveries/{delivery['id']}/redeliver")
    deliver()
    assert receiver.calls[0].verified(new["secret"])
