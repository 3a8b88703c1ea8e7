"""S3 away: what is in the store is told, uploads are refused, and what was taken waits until it is back."""

import time
from concurrent.futures import ThreadPoolExecutor

from promises import promised
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
