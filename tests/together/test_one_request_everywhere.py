"""One request through every process: its id is in each log line about it, and its spans are one trace.

Everything is asked for once; it is looked at when the spans have come, which are sent every five seconds.
"""

import json
from pathlib import Path

from engine_processes import wait_until
from live_facade import PROCESSES, Live
from service_calls import create_scheduler, get, see_off, send
from trace_collector import Collector, Seen

TRACE, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
CREATION, UPLOAD, REPLAY = "creation-4711", "upload-4711", "replay-4711"
NAME = "traced"


def test_a_request_has_one_id_and_one_trace_in_every_process(live: Live, collector: Collector):
    live.train(NAME)
    create_fill_and_replay(live)
    wait_until(lambda: watched(collector) and replayed(collector) and uploaded(collector), "spans are missing")

    lines = {name: lines_of(live.processes.log(name)) for name in PROCESSES}
    assert processes_that_say(lines, CREATION) == {"facade", "engine", "facade-worker"}
    assert processes_that_say(lines, UPLOAD) == {"facade", "engine", "facade-worker"}
    assert processes_that_say(lines, REPLAY) == {"facade", "engine", "engine-worker"}

    assert watched(collector) == [
        ("lookout-engine", "DescribeInferenceScheduler"),
        ("lookout-facade-worker", "lookoutequipment/DescribeInferenceScheduler"),
        ("lookout-facade-worker", "facade.watch_operation"),
        ("lookout-facade", "send facade.watch_operation"),
        ("lookout-facade", "POST /v1/schedulers"),
    ]
    assert replayed(collector) == [
        ("lookout-engine-worker", "run_replay"),
        ("lookout-engine", "send run_replay"),
        ("lookout-engine", "StartInferenceReplay"),
        ("lookout-facade", "lookoutequipment/StartInferenceReplay"),
        ("lookout-facade", "POST /v1/schedulers/{scheduler_name}/replays"),
    ]
    [work] = uploaded(collector)
    wanted = {"lookout.request_id": UPLOAD, "lookout.team": "default", "lookout.scheduler": NAME}
    assert wanted.items() <= work.attributes.items()
    assert not any(span.failed for span in traced(collector))
    sent = b"".join(collector.bodies)
    for secret in (live.key, live.settings.aws_secret_access_key, "for-the-collector"):
        assert secret.encode() not in sent


def traced(collector: Collector) -> list[Seen]:
    """The spans that have arrived of the caller's trace."""
    return [span for span in collector.spans if span.trace == TRACE]


def watched(collector: Collector) -> list[tuple[str, str]]:
    return ancestry(traced(collector), "lookout-engine", "DescribeInferenceScheduler", CREATION)


def replayed(collector: Collector) -> list[tuple[str, str]]:
    return ancestry(traced(collector), "lookout-engine-worker", "run_replay", REPLAY)


def uploaded(collector: Collector) -> list[Seen]:
    return [span for span in traced(collector) if span.name == "facade.work_on_uploads"]


def create_fill_and_replay(live: Live) -> None:
    """A scheduler, an upload and a replay, under an id each, in one trace of the caller."""
    times = {"start_time": live.day.isoformat(), "end_time": live.day.replace(minute=10).isoformat()}
    create_scheduler(live, NAME, NAME, **as_request(CREATION))
    sent = send(live, f"/v1/schedulers/{NAME}/uploads?component=motor", live.table("motor"), **as_request(UPLOAD))
    see_off(live, sent["Location"])
    replay = send(live, f"/v1/schedulers/{NAME}/replays", times, **as_request(REPLAY))["Location"]
    wait_until(lambda: get(live, f"{replay}?wait=1")["status"] in ("succeeded", "failed"), "the replay does not end")


def as_request(request_id: str) -> dict[str, str]:
    return {"X-Request-Id": request_id, "traceparent": f"00-{TRACE}-{CALLER}-01"}


def lines_of(log: Path) -> list[dict]:
    return [json.loads(line) for line in log.read_text(errors="replace").splitlines() if line.startswith("{")]


def processes_that_say(lines: dict[str, list[dict]], request_id: str) -> set[str]:
    return {name for name, said in lines.items() if any(line.get("request_id") == request_id for line in said)}


def ancestry(spans: list[Seen], service: str, name: str, request_id: str) -> list[tuple[str, str]]:
    """(service, name) of such a span, and of those it belongs to, up to one of the request that the caller's own span
    is the parent of. Of several the one with the shortest way: a watch sends itself again."""
    by_id = {span.id: span for span in spans}
    found = []
    for span in spans:
        line = [span]
        while line[-1].parent in by_id:
            line.append(by_id[line[-1].parent])
        of_request = line[-1].attributes.get("lookout.request_id") == request_id and line[-1].parent == CALLER
        if of_request and (span.service, span.name) == (service, name):
            found.append([(one.service, one.name) for one in line])
    return min(found, key=len, default=[])
