"""Workers away: nothing is refused, work waits for them, and one that is killed in the midst is followed by another."""

from eventual import eventually
from promises import promised
from support.chaos.flights import fall_due
from support.chaos.rest import json_change


@promised("W1", "W2")
def test_everything_is_taken_without_a_worker_and_done_when_one_is_back(stack, traffic, own, watched, field):
    stack["facade-worker"].kill()

    for path in watched.reads:
        assert traffic.rest.get(path).status == 200, path
    uploads = [traffic.upload(own, sheet) for sheet in field.past]
    operation = traffic.take(json_change("POST", f"/v1/schedulers/{own}/stop"))
    stack["facade-worker"].come_back()
    assert {traffic.see_off("uploads", upload)["status"] for upload in uploads} == {"succeeded"}
    assert traffic.see_off("operations", operation)["status"] == "succeeded"


@promised("W3")
def test_a_reader_sees_new_predictions_though_no_worker_collects_them(stack, traffic, own, field):
    traffic.see_off("uploads", traffic.upload(own, field.present))
    stack["facade-worker"].kill()
    fall_due(stack, own, field.present.starts[9])
    eventually(lambda: {one["Status"] for one in field.plant.executions(own)} == {"SUCCESS"})

    assert traffic.rest.get_json(f"/v1/schedulers/{own}/predictions")["predictions"]


@promised("W4")
def test_an_engine_worker_that_is_killed_loses_no_window(stack, traffic, own, field):
    traffic.see_off("uploads", traffic.upload(own, field.present))
    fall_due(stack, own, field.present.start)
    eventually(lambda: field.plant.executions(own))
    stack["engine-worker"].kill()
    stack["engine-worker"].come_back()

    eventually(lambda: {one["Status"] for one in field.plant.executions(own)} == {"SUCCESS"})
    starts = [one["DataStartTime"] for one in field.plant.executions(own)]
    assert len(starts) == len(set(starts))


@promised("W5")
def test_a_facade_that_is_killed_in_the_midst_of_requests_does_each_once_when_they_are_sent_again(
    stack, traffic, own, field
):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(6) as pool:
        uploading = [pool.submit(traffic.upload, own, sheet) for sheet in field.past]
        stack["facade"].kill()
        stack["facade"].come_back()
        uploads = [one.result() for one in uploading]
    assert {traffic.see_off("uploads", upload)["status"] for upload in uploads} == {"succeeded"}
    assert len(traffic.rest.get_json(f"/v1/schedulers/{own}/uploads")["uploads"]) == len(field.past)
