"""Receivers that fail, hang, move, say good-bye, and come back."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from receiving import Says

DOWN = Says(503, b"come back later")
UP = Says(200, b"thanks")


@pytest.fixture
def to_next_attempt(clock, deliveries) -> Callable[[dict], float]:
    """Let the time pass until the oldest delivery of a webhook is due again; how many seconds that are."""

    def pass_time(webhook: dict) -> float:
        due = datetime.fromisoformat(deliveries(webhook)[0]["next_attempt_at"])
        seconds = (due - clock()).total_seconds()
        clock.now = due + timedelta(milliseconds=1)  # answers show no fractions of it
        return seconds

    return pass_time


def test_what_fails_is_tried_again_with_the_same_id_and_a_new_time(
    register, tell, deliver, receiver, clock, deliveries, to_next_attempt
):
    webhook = register()
    receiver.says(DOWN, UP)
    message_id = tell()

    deliver()
    assert 5 <= to_next_attempt(webhook) <= 5.5
    clock.forward(seconds=-0.1)
    deliver()
    assert len(receiver.calls) == 1  # not before its time
    clock.forward(seconds=0.1)
    deliver()

    [delivery] = deliveries(webhook)
    assert (delivery["status"], delivery["next_attempt_at"]) == ("succeeded", None)
    assert [(one["status_code"], one["answer"]) for one in delivery["attempts"]] == [
        (503, "come back later"),
        (200, "thanks"),
    ]
    assert receiver.message_ids == [message_id] * 2
    first, second = (call.headers["webhook-timestamp"] for call in receiver.calls)
    assert int(second) >= int(first) + 5
    assert receiver.calls[1].verified(webhook["secret"]) == receiver.calls[0].payload


def test_the_waits_grow_over_three_days_and_then_it_is_given_up_and_can_be_sent_again(
    register, tell, deliver, receiver, deliveries, to_next_attempt, client
):
    webhook = register()
    receiver.says(DOWN)
    message_id = tell()

    waits = []
    deliver()
    while deliveries(webhook)[0]["status"] == "retrying":
        waits.append(to_next_attempt(webhook))
        deliver()

    schedule = [5, 300, 1800, *(hours * 3600 for hours in (2, 5, 10, 14, 20, 24))]
    assert len(waits) == len(schedule)
    assert all(planned <= waited <= planned * 1.1 for planned, waited in zip(schedule, waits, strict=True))
    [delivery] = deliveries(webhook)
    assert (delivery["status"], delivery["attempt_count"]) == ("failed", 10)
    assert client.get(f"/v1/webhooks/{webhook['id']}").json["enabled"]

    receiver.says(UP)
    again = client.post(f"/v1/deliveries/{delivery['id']}/redeliver")
    assert (again.status_code, again.json["status"]) == (202, "queued")
    deliver()
    assert deliveries(webhook)[0]["status"] == "succeeded"
    assert set(receiver.message_ids) == {message_id}


def test_a_receiver_may_say_when_it_wants_to_be_called_again(register, tell, deliver, receiver, to_next_attempt):
    webhook = register()
    receiver.says(Says(429, headers={"Retry-After": "90"}))
    tell()
    deliver()
    assert 90 <= to_next_attempt(webhook) <= 99


def test_410_disables_at_once_and_the_audit_log_tells_of_it(register, tell, deliver, receiver, client, deliveries):
    webhook = register()
    receiver.says(Says(410))
    tell()
    tell("fan")
    deliver()

    shown = client.get(f"/v1/webhooks/{webhook['id']}").json
    assert shown["enabled"] is False
    assert "410 Gone" in shown["disabled_reason"]
    assert [one["status"] for one in deliveries(webhook)] == ["failed", "cancelled"]
    acts = client.get("/v1/audit-log").json["entries"]
    told = [act for act in acts if act["operation_id"] == "disable_webhook"]
    assert [(act["actor"], act["path"]) for act in told] == [("service:webhooks", f"/v1/webhooks/{webhook['id']}")]


def test_a_receiver_that_takes_nothing_for_days_is_given_up_and_one_success_forgives_all(
    register, tell, deliver, receiver, client, clock
):
    webhook = register()
    address = f"/v1/webhooks/{webhook['id']}"
    receiver.says(DOWN)
    tell("first")
    deliver()
    clock.forward(days=3)
    receiver.says(UP)
    deliver()
    assert client.get(address).json["failing_since"] is None

    receiver.says(DOWN)
    for name in ("second", "third"):
        tell(name)
        deliver()
        clock.forward(days=4, hours=20)
    assert client.get(address).json["enabled"]
    tell("fourth")
    deliver()

    shown = client.get(address).json
    assert shown["enabled"] is False
    assert shown["disabled_reason"].startswith("No call has succeeded since ")


def test_nothing_is_sent_while_disabled_and_recover_brings_what_was_missed_once(
    register, tell, deliver, receiver, client, clock
):
    webhook = register(types=["anomaly.opened"])
    address = f"/v1/webhooks/{webhook['id']}"
    since = clock()
    tell("taken")
    deliver()
    receiver.says(DOWN)
    failed = tell("failed")
    deliver()
    receiver.says(UP)
    assert client.patch(address, json={"enabled": False}).json["disabled_reason"]
    missed = tell("missed")
    tell("unwanted", "anomaly.closed")
    clock.forward(minutes=1)
    deliver()
    assert client.post(f"{address}/recover", json={"since": since.isoformat()}).status_code == 409

    assert client.patch(address, json={"enabled": True}).json["disabled_reason"] is None
    deliver()
    assert missed not in receiver.message_ids
    new = tell("new")
    deliver()
    answer = client.post(f"{address}/recover", json={"since": since.isoformat()})
    deliver()

    assert answer.json == {"deliveries": 2}
    assert receiver.message_ids[2:] == [new, failed, missed]
    assert client.post(f"{address}/recover", json={"since": since.isoformat()}).json == {"deliveries": 0}


def test_recover_goes_back_as_far_as_notifications_are_kept(register, client, clock):
    webhook = register()
    since = (clock() - timedelta(days=31)).isoformat()
    answer = client.post(f"/v1/webhooks/{webhook['id']}/recover", json={"since": since})
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/since")


def test_a_test_call_is_signed_and_logged_tried_once_and_made_for_a_disabled_webhook_too(
    register, deliver, receiver, client, clock
):
    webhook = register(description="night shift")
    address = f"/v1/webhooks/{webhook['id']}"
    client.patch(address, json={"enabled": False})
    receiver.says(Says(500, b"no"), UP)

    outcomes = []
    for _ in range(2):
        begun = client.post(f"{address}/test")
        assert begun.status_code == 202
        deliver()
        outcomes.append(client.get(begun.headers["Location"]).json)
        clock.forward(days=1)
        deliver()

    assert [(one["status"], one["attempt_count"], one["origin"]) for one in outcomes] == [
        ("failed", 1, "test"),
        ("succeeded", 1, "test"),
    ]
    assert receiver.calls[0].verified(webhook["secret"])["type"] == "webhook.test"
    assert client.get(address).json["failing_since"] is None


def test_old_and_new_secret_both_verify_until_the_overlap_ends(register, tell, deliver, receiver, client, clock):
    webhook = register()
    new = client.post(f"/v1/webhooks/{webhook['id']}/rotate-secret").json
    assert new["secret"] != webhook["secret"]
    assert datetime.fromisoformat(new["old_secret_expires_at"]) == clock() + timedelta(hours=24)

    tell("within")
    deliver()
    [within] = receiver.calls
    assert within.verified(webhook["secret"]) == within.verified(new["secret"])
    assert len(within.headers["webhook-signature"].split()) == 2

    clock.forward(hours=24)
    tell("after")
    deliver()
    assert receiver.calls[1].headers["webhook-signature"] == receiver.calls[1].signature(new["secret"])


def test_a_secret_that_leaked_ends_at_once(register, tell, deliver, receiver, client):
    webhook = register()
    address = f"/v1/webhooks/{webhook['id']}/rotate-secret"
    client.post(address)
    newest = client.post(address, json={"overlap_hours": 0}).json["secret"]
    tell()
    deliver()
    [call] = receiver.calls
    assert call.headers["webhook-signature"] == call.signature(newest)


def test_each_secret_that_was_replaced_signs_as_long_as_it_was_promised(register, tell, deliver, receiver, client):
    webhook = register()
    secrets = [webhook["secret"]]
    secrets += [client.post(f"/v1/webhooks/{webhook['id']}/rotate-secret").json["secret"] for _ in range(4)]
    tell()
    deliver()
    [call] = receiver.calls
    assert call.headers["webhook-signature"].split() == [call.signature(one) for one in secrets[:0:-1]]


def test_what_waits_goes_to_the_address_that_holds_when_it_is_sent(register, tell, deliver, receiver, client):
    webhook = register(url=receiver.url.replace("/hook", "/old"))
    tell()
    client.patch(f"/v1/webhooks/{webhook['id']}", json={"url": receiver.url})
    deliver()
    assert [call.path for call in receiver.calls] == ["/hook"]
