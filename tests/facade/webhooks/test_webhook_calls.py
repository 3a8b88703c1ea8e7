"""What is sent and to whom: one feed, many webhooks, each with its own wishes."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from keyed import client_holding, new_key
from receiving import Says, listening
from standardwebhooks import WebhookVerificationError

from service.facade.domain.notifications import Notification
from service.facade.usecases.notifying import notify
from service.facade.usecases.webhook_work import deal_out, deliver_webhooks
from service.facade.webhooks.turns import Turn


def test_a_notification_is_sent_once_and_an_independent_library_finds_its_signature_right(
    register, tell, deliver, receiver
):
    webhook = register()
    message_id = tell("pump")

    deliver()
    deliver()

    [call] = receiver.calls
    assert call.message_id == message_id
    assert call.verified(webhook["secret"]) == call.payload
    assert call.payload["type"] == "anomaly.opened"
    assert call.payload["data"] == {"inference_scheduler_name": "pump"}
    assert call.headers["content-type"] == "application/json"
    assert call.headers["user-agent"].startswith("lookout-for-machines/")


def test_a_tampered_call_is_found_out(register, tell, deliver, receiver):
    webhook = register()
    tell()
    deliver()
    [call] = receiver.calls
    for forged in (
        {"body": call.body + b" "},
        {"headers": {**call.headers, "webhook-id": "msg_other"}},
        {"headers": {**call.headers, "webhook-timestamp": str(int(call.headers["webhook-timestamp"]) + 1)}},
    ):
        with pytest.raises(WebhookVerificationError):
            type(call)(**{**vars(call), **forged}).verified(webhook["secret"])


def test_only_what_was_asked_for_is_sent(register, tell, deliver, receiver):
    tell("before")
    register(types=["anomaly.opened", "execution.failed"], inference_scheduler_names=["pump", "fan"])
    wanted = [tell("pump"), tell("fan", "execution.failed")]
    tell("pump", "anomaly.closed")
    tell("motor")
    tell("pump", muted_by="maintenance")

    deliver()

    assert receiver.message_ids == wanted


def test_another_team_is_told_nothing(register, tell, deliver, receiver, resources, clock, unique):
    register()
    theirs = Notification(type="anomaly.opened", team=f"other-{unique}", incident=f"i-{unique}", occurred_at=clock())
    with resources.begin() as unit:
        notify(unit, [theirs], clock())

    deliver()

    assert receiver.calls == []


def test_a_slow_receiver_keeps_no_other_waiting(register, tell, deliver, receiver):
    let_go, slow = threading.Event(), register()
    receiver.answer = lambda call: Says() if let_go.wait(10) else Says(500)
    with listening() as quick:
        register(url=quick.url)
        message_id = tell()

        def answered(call) -> Says:
            let_go.set()  # only the other one's answer frees the slow one
            return Says()

        quick.answer = answered
        deliver()

        assert quick.message_ids == receiver.message_ids == [message_id]
    assert slow["enabled"]


def test_receivers_that_take_nothing_do_not_go_first_for_ever(register, tell, deliver, receiver, clock, resources):
    """They have waited longest, and all of a team's places are theirs at first."""
    receiver.answer = lambda call: Says(500)
    for _ in range(4):
        register()
    for _ in range(10):
        tell("backlog")
    deal_out(resources)
    clock.forward(minutes=1)
    with listening() as well:
        register(url=well.url)
        tell("news")
        before: list[int] = []
        well.answer = lambda call: before.append(len(receiver.calls)) or Says()
        deliver()
    assert before[0] <= 8
    assert len(receiver.calls) == 44


def test_a_slow_receiver_ends_with_the_turn_of_its_dispatcher(register, tell, resources, receiver):
    register()
    for _ in range(10):
        tell()
    receiver.answer = lambda call: time.sleep(0.2) or Says()
    while not receiver.calls:  # a busy machine has less than such a turn for it
        deliver_webhooks(resources, seconds=0.1)
    assert len(receiver.calls) == 1


def test_deliveries_of_a_webhook_leave_in_order(register, tell, deliver, receiver):
    register()
    told = [tell(f"pump-{number}") for number in range(25)]
    deliver()
    assert receiver.message_ids == told


def test_a_long_feed_is_dealt_out_page_by_page_whatever_is_on_them(register, tell, deliver, receiver, monkeypatch):
    monkeypatch.setattr("service.facade.usecases.webhook_work._FEED_PAGE", 2)
    register(inference_scheduler_names=["pump"])
    wanted = [tell(name) for name in ("pump", "fan", "fan", "fan", "fan", "pump", "fan")]
    deliver()
    assert receiver.message_ids == [wanted[0], wanted[5]]


def test_whoever_comes_while_somebody_delivers_is_not_forgotten(register, tell, deliver, receiver):
    """A nudge that finds the dispatcher at work does not wait, and what it came for is delivered all the same."""
    register()
    told = [tell("first")]

    def answered(call) -> Says:
        if len(told) == 1:
            told.append(tell("second"))
            deliver()  # at once: the one who asked is served by the one at work
        return Says()

    receiver.answer = answered
    deliver()
    assert receiver.message_ids == told


def test_several_workers_share_the_webhooks_and_send_nothing_twice(register, tell, resources, receiver):
    for _ in range(4):
        register()
    told = [tell(f"pump-{number}") for number in range(5)]
    workers = [replace(resources, webhook_turn=Turn()) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(deliver_webhooks, workers))
    assert sorted(receiver.message_ids) == sorted(told * 4)


def test_a_team_whose_receivers_hang_leaves_places_for_others(
    register, tell, deliver, receiver, app, resources, unique
):
    let_go = threading.Event()
    receiver.answer = lambda call: Says() if let_go.wait(10) else Says(500)
    for _ in range(20):
        register()
    tell("everywhere")
    stranger = client_holding(new_key(resources, f"other-{unique}", lifetime=None), app)
    with listening() as quick:
        quick.answer = lambda call: let_go.set() or Says()
        webhook = stranger.post("/v1/webhooks", json={"url": quick.url}).json
        stranger.post(f"/v1/webhooks/{webhook['id']}/test")
        deliver()
        assert len(quick.calls) == 1
    assert len(receiver.calls) == 20
