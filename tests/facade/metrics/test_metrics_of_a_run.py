"""The metrics of a run are what the test counted itself, over several HTTP workers and a replacement of one."""

import signal
from datetime import UTC, datetime

import psutil
from old_results import Archive
from test_facade_cache import until

DESCRIBE = "/v1/schedulers/{scheduler_name}"
READINGS = b"t,pump\\flow,pump\\power\n2026-01-01T00:01:00Z,1,2\n2026-01-01T00:06:00Z,4,5\n"
FIRST_RESULT = datetime(2026, 3, 1, tzinfo=UTC)
NO_CACHE = {"Cache_Control": "no-cache"}


def test_the_metrics_of_a_run_match_what_was_counted(run, s3, bucket, name):
    run.start("facade")
    add_scored_scheduler(run, s3, bucket, name, windows=4, anomalous=1)

    describe_many(run, name)
    refuse_some(run, name)
    ask_for_predictions(run, name)
    uploads = upload_some(run, name)
    before = run.counted()
    assert before == run.answered

    replace_an_http_worker(run)  # meanwhile what is known of rows is asked anew
    until(lambda: run.scrape().sum("lookout_queue_rows", kind="upload") == uploads, seconds=20)
    assert run.scrape().sum("lookout_workers_alive") == 0
    assert run.counted() == before
    for _ in range(10):
        run.ask("GET", f"/v1/schedulers/{name}", DESCRIBE)
    assert run.counted() == run.answered

    run.start("facade-worker")
    check_the_uploads(run, s3, bucket, uploads)


def add_scored_scheduler(run, s3, bucket, name, *, windows, anomalous) -> None:
    place = {"Bucket": bucket, "Prefix": "in/"}
    names = {"TimestampFormat": "yyyyMMddHHmmss", "ComponentTimestampDelimiter": "_"}
    source = {"S3InputConfiguration": place, "InputTimeZoneOffset": "+00:00", "InferenceInputNameConfiguration": names}
    run.upstream.add_scheduler(name, DataInputConfiguration=source)
    archive = Archive(s3, bucket, "out/", FIRST_RESULT)
    for number in range(windows):
        start = int(FIRST_RESULT.timestamp()) + 300 * number
        run.upstream.add_execution(name, start)
        key = archive.put(number, score=0.9 if number < anomalous else 0.2, rows=5)
        run.upstream.executions[name][0]["CustomerResultObject"] = {"Bucket": bucket, "Key": key}


def describe_many(run, name) -> None:
    """From both processes and from what each has ready."""
    for _ in range(30):
        run.ask("GET", f"/v1/schedulers/{name}", DESCRIBE)
    asked = run.upstream.calls.count("DescribeInferenceScheduler")
    for _ in range(3):
        run.ask("GET", f"/v1/schedulers/{name}", DESCRIBE, **NO_CACHE)

    results = run.scrape().by("lookout_describe_cache_lookups_total", "result")
    assert results["miss",] == asked == 1
    assert results["hit",] + results["ready",] == 29
    assert results["ready",] >= 20
    assert results["bypass",] == 3


def refuse_some(run, name) -> None:
    for _ in range(4):
        run.ask("GET", f"/v1/schedulers/no-{name}", DESCRIBE)
    for number in range(5):
        run.ask("GET", f"/no/such/page/{number}", "unmatched")
    run.ask("POST", "/v1/schedulers", "/v1/schedulers", b"{", Content_Type="application/json")
    run.ask("BREW", "/v1/schedulers", "unmatched")
    run.answered["other", "unmatched", "405"] = run.answered.pop(("BREW", "unmatched", "405"))

    calls = run.scrape().by("lookout_upstream_calls_total", "service", "operation", "outcome")
    assert calls["lookoutequipment", "DescribeInferenceScheduler", "ok"] == 4
    assert calls["lookoutequipment", "DescribeInferenceScheduler", "refused"] == 4


def ask_for_predictions(run, name) -> None:
    """The facade collects what it is asked for: four results of five rows each."""
    answer = run.ask("GET", f"/v1/schedulers/{name}/predictions", f"{DESCRIBE}/predictions")
    assert len(answer["predictions"]) == 20

    told = run.scrape()
    assert told.by("lookout_results_collected_total", "outcome")["readable",] == 4
    assert told.sum("lookout_predictions_collected_total") == 20
    assert told.sum("lookout_anomalies_collected_total") == 5


def upload_some(run, name) -> int:
    """Two that can be used, and a repetition; how many are to be worked on."""
    route, path = f"{DESCRIBE}/uploads", f"/v1/schedulers/{name}/uploads"
    bodies = (READINGS, READINGS.replace(b"00:06", b"00:07"))
    for body in (*bodies, bodies[-1]):
        run.ask("POST", path, route, body, Content_Type="text/csv")

    assert run.scrape().sum("lookout_upload_accepted_bytes_total") == sum(map(len, bodies))
    return len(bodies)


def replace_an_http_worker(run) -> None:
    master = psutil.Process(run.started["facade"].pid)
    first = {child.pid for child in master.children()}
    killed = master.children()[0]
    killed.send_signal(signal.SIGKILL)

    def replaced() -> bool:
        now = {child.pid for child in master.children()}
        return killed.pid not in now and len(now) == len(first) and run.scrape().sum("lookout_http_workers") == 2

    until(replaced, seconds=20)


def check_the_uploads(run, s3, bucket, uploads: int) -> None:
    until(lambda: run.scrape_worker().sum("lookout_uploads_total", outcome="succeeded") == uploads, seconds=20)

    told = run.scrape_worker()
    written = s3.list_objects_v2(Bucket=bucket, Prefix="in/")["Contents"]
    assert {entry["Key"] for entry in written} == {"in/pump_20260101000000.csv", "in/pump_20260101000500.csv"}
    assert told.sum("lookout_upload_files_written_total") == 2 * uploads  # the second one merged with what was there
    assert told.sum("lookout_tasks_total", task="facade.work_on_uploads", outcome="succeeded") >= 1
    assert told.sum("lookout_tasks_total", outcome="failed") == 0
    assert told.sum("lookout_build_info", process="facade-worker") == 1
    until(lambda: run.scrape().sum("lookout_workers_alive") == 1, seconds=20)
    until(lambda: run.scrape().sum("lookout_queue_rows", kind="upload") == 0, seconds=20)
