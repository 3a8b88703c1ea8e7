"""S3 away: what is in the store is told, uploads are refused, and what was taken waits until it is back."""

import time
from concurrent.futures import ThreadPoolExecutor

from eventual import eventually
from promises import promised
from support.chaos.flights import fall_due
from support.chaos.rest import LONGEST_SECONDS
from watched_scheduler import refused


@promised("S1", "S2")
def test_reading_goes_on_and_uploads_are_refused(stack, rest, watched):
    before = rest.get_json(f"/v1/schedulers/{watched.name}/uploads")["uploads"]
    stack["s3"].kill()

    for path in (*watched.reads, "/healthz"):
        answer = rest.get(path)
        assert answer.status == 200, (path, answer)
    refused(rest, watched.upload_change, 503, "storage-unavailable")
    assert rest.get_json(f"/v1/schedulers/{watched.name}/uploads")["uploads"] == before


@promised("S3")
def test_a_frozen_s3_keeps_nobody_waiting_for_long_and_leaves_threads_to_others(stack, rest, watched):
    stack["s3"].freeze()
    with ThreadPoolExecutor(24) as pool:
        uploading = [pool.submit(refused, rest, watched.upload_change, 503, "storage-unavailable") for _ in range(4)]
        reading = [pool.submit(rest.get, path) for path in watched.of_our_store[:2] * 8]
        time.sleep(2)
        assert rest.get("/healthz").seconds < 1
        answers = [one.result() for one in (*uploading, *reading)]
    assert {answer.status for answer in answers[4:]} == {200}
    assert max(answer.seconds for answer in answers) < LONGEST_SECONDS


@promised("S4", "S5")
def test_what_was_taken_and_what_falls_due_wait_for_s3(stack, traffic, own, field):
    traffic.see_off("uploads", traffic.upload(own, field.present))
    stack["facade-worker"].freeze()
    upload = traffic.upload(own, field.past[0])
    stack["s3"].kill()
    stack["facade-worker"].thaw()
    fall_due(stack, own, field.present.starts[9])
    eventually(lambda: field.plant.executions(own))
    assert {one["Status"] for one in field.plant.executions(own)} == {"IN_PROGRESS"}
    stack["s3"].come_back()

    assert traffic.see_off("uploads", upload)["status"] == "succeeded"
    eventually(lambda: {one["Status"] for one in field.plant.executions(own)} == {"SUCCESS"})
    expected = field.reference[field.present] | field.reference[field.past[0]]
    assert field.plant.objects(f"{own}/in/") == expected
