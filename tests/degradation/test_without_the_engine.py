"""The upstream away, or its database: history is told, and the rest says 503 or 504 in time."""

import time
from concurrent.futures import ThreadPoolExecutor

from promises import promised
from support.chaos.rest import LONGEST_SECONDS, json_change
from watched_scheduler import fails, refused


@promised("E1", "E2")
def test_history_is_told_without_the_engine_and_the_rest_is_refused(stack, rest, watched):
    time.sleep(stack.settings.describe_cache_seconds)  # what is cached would be told
    stack["engine"].kill()

    for path in (*watched.of_our_store, "/healthz"):
        assert rest.get(path).status == 200, path
    for path in (f"/v1/schedulers/{watched.name}", *watched.of_the_engine):
        fails(rest, path, 503, "upstream-unavailable")
    for change in watched.writes:
        if not change.path.endswith("/imports"):  # history comes from S3
            refused(rest, change, 503, "upstream-unavailable")


@promised("E3", "E4")
def test_a_frozen_engine_keeps_nobody_waiting_for_long_and_leaves_threads_to_others(stack, rest, watched):
    threads = stack.settings.http_threads
    stack["engine"].freeze()
    with ThreadPoolExecutor(2 * threads + 1) as pool:
        stopping = pool.submit(rest.send, json_change("POST", f"/v1/schedulers/{watched.name}/stop"))
        asked = [pool.submit(rest.get, "/v1/models") for _ in range(2 * threads)]
        time.sleep(2)
        for path in ("/healthz", f"/v1/uploads/{watched.upload}", f"/v1/operations/{watched.operation}"):
            answer = rest.get(path)
            assert (answer.status, answer.seconds < 2) == (200, True), (path, answer)
        answers = [one.result() for one in (*asked, stopping)]
    slugs = [(answer.status, answer.slug) for answer in answers]
    assert set(slugs) == {(504, "upstream-timeout"), (503, "upstream-unavailable")}
    assert all(int(answer.headers["retry-after"]) > 0 for answer in answers)
    assert max(answer.seconds for answer in answers) < LONGEST_SECONDS
    assert slugs.count((504, "upstream-timeout")) < threads


@promised("B1")
def test_an_engine_without_its_database_is_an_engine_that_is_away(stack, rest, watched):
    stack["engine-database"].kill()

    for path in ("/v1/schedulers", "/v1/models/model-d"):
        fails(rest, path, 503, "upstream-unavailable")
    refused(rest, json_change("POST", f"/v1/schedulers/{watched.name}/stop"), 503, "upstream-unavailable")
    assert rest.get(watched.of_our_store[0]).status == 200
