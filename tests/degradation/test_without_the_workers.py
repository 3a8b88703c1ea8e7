"""Workers away: nothing is refused, and work waits for them."""

from eventual import eventually
from promises import promised
from support.chaos.flights import fall_due
from support.chaos.rest import json_change


@promised("W1", "W2", "W3")
def test_everything_is_taken_without_a_worker_and_done_when_one_is_back(stack, traffic, own, watched, field):
    traffic.see_off("uploads", traffic.upload(own, field.present))
    stack["facade-worker"].kill()
    for path in watched.reads:
        assert traffic.rest.get(path).status == 200, path
    fall_due(stack, own, field.present.starts[9])
    eventually(lambda: {one["Status"] for one in field.plant.executions(own)} == {"SUCCESS"})
    assert traffic.rest.get_json(f"/v1/schedulers/{own}/predictions")["predictions"]

    upload = traffic.upload(own, field.past[0])
    operation = traffic.take(json_change("POST", f"/v1/schedulers/{own}/stop"))
    stack["facade-worker"].come_back()

    assert traffic.see_off("uploads", upload)["status"] == "succeeded"
    assert traffic.see_off("operations", operation)["status"] == "succeeded"
