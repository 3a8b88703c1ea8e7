"""The facade's own PostgreSQL away: what the engine knows is still told, the rest says 503, and nothing is lost."""

import time
from concurrent.futures import ThreadPoolExecutor

from promises import promised
from support.chaos.rest import Rest
from watched_scheduler import fails, refused


@promised("D1", "D2")
def test_what_the_engine_knows_is_told_and_the_rest_is_refused(stack, rest, watched, field):
    stack["database"].kill()

    for path in (f"/v1/schedulers/{watched.name}", *watched.of_the_engine, "/healthz"):
        assert rest.get(path).status == 200, path
    for path in watched.of_our_store:
        fails(rest, path, 503, "database-unavailable")
    for change in watched.writes:
        refused(rest, change, 503, "database-unavailable")
    assert field.plant.engine.describe_inference_scheduler(InferenceSchedulerName=watched.name)["Status"] == "RUNNING"
    assert rest.get("/readyz").status == 503


@promised("D3")
def test_a_key_that_was_not_seen_before_cannot_be_told_right_from_wrong(stack):
    stranger = Rest(stack.settings.facade_port, stack.new_key())
    stack["database"].kill()

    fails(stranger, "/v1/models", 503, "database-unavailable")


@promised("D4")
def test_a_frozen_database_keeps_nobody_waiting_for_long(stack, rest, watched):
    stack["database"].freeze()
    with ThreadPoolExecutor(24) as pool:
        asked = [pool.submit(fails, rest, path, 503, "database-unavailable") for path in watched.of_our_store * 2]
        time.sleep(4)
        assert rest.get("/healthz").seconds < 1
        answers = [one.result() for one in asked]
    assert max(answer.seconds for answer in answers) < 12
    assert fails(rest, watched.of_our_store[0], 503, "database-unavailable").seconds < 8
    stack["database"].thaw()

    assert rest.get_json(watched.of_our_store[0])["predictions"]
