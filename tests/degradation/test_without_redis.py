"""Redis away: reading goes on, whatever leaves work for later is refused, and nothing that was taken is lost."""

import pytest
from eventual import at_once
from promises import promised
from support.chaos.rest import json_change
from watched_scheduler import refused


@pytest.fixture(params=["killed", "frozen"])
def without_redis(stack, request):
    stack["redis"].kill() if request.param == "killed" else stack["redis"].freeze()
    return stack


@promised("R1", "R2", "R3")
def test_reading_goes_on_and_work_for_later_is_refused_at_once(without_redis, rest, watched, field):
    for answer in at_once(rest.get, *watched.reads, "/healthz"):
        assert (answer.status, answer.seconds < 5) == (200, True), answer
    ready = rest.get("/readyz")
    assert (ready.status, ready.json["ready"], ready.json["degraded"]) == (200, True, True)

    executions = field.plant.executions(watched.name)
    for answer in at_once(lambda change: refused(rest, change, 503, "queue-unavailable"), *watched.writes):
        assert answer.seconds < 6, answer
    assert field.plant.engine.describe_inference_scheduler(InferenceSchedulerName=watched.name)["Status"] == "RUNNING"
    assert field.plant.executions(watched.name) == executions


@promised("R4")
def test_what_leaves_no_work_behind_is_done_without_redis(stack, rest, own, traffic, watched, field):
    traffic.move(own, "stop")
    stack["redis"].kill()

    changed = rest.send(json_change("PATCH", f"/v1/schedulers/{own}", data_delay_offset_in_minutes=1))
    assert (changed.status, changed.json["data_delay_offset_in_minutes"]) == (200, 1)
    assert rest.send(json_change("DELETE", f"/v1/schedulers/{own}")).status == 204
    replay = traffic.replay(watched.name, field.present.start, field.present.starts[3])
    stack.mend()  # the engine's worker needs its queue
    assert traffic.see_off("replays", replay)["status"] == "succeeded"


@promised("R5")
def test_work_whose_message_went_down_with_redis_is_done_all_the_same(stack, traffic, own, field):
    stack["facade-worker"].freeze()
    upload = traffic.upload(own, field.past[0])
    operation = traffic.take(json_change("POST", f"/v1/schedulers/{own}/stop"))
    stack["redis"].kill()
    for file in (stack.settings.data_path / "valkey").glob("appendonlydir/*"):
        file.unlink()  # the queue is gone for good
    stack["redis"].come_back()
    stack["facade-worker"].thaw()

    assert traffic.see_off("uploads", upload)["status"] == "succeeded"
    assert traffic.see_off("operations", operation)["status"] == "succeeded"


@promised("R6")
def test_nobody_is_refused_for_a_limit_that_cannot_be_counted(stack, rest, watched):
    stack["redis"].kill()

    assert {rest.get(path).status for path in watched.of_our_store * 4} == {200}
