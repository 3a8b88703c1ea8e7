"""What commands make of answers that a service rarely gives: refusals, 503, lost connections."""

import json
import re
import signal
import subprocess
import sys

import pytest
from scripted_service import LOST, Said, Script, problem
from urllib3.exceptions import NewConnectionError

from service.client.rest import Rest

PREDICTIONS = "/v1/schedulers/pump/predictions"


def page(*scores: float, position: str, following: str | None = None) -> Said:
    rows = [
        {"timestamp": f"2026-03-01T12:0{index}:00Z", "prediction": int(score > 0.5), "anomaly_score": score,
         "prediction_reason": None, "diagnostics": []}
        for index, score in enumerate(scores)
    ]  # fmt: skip
    return Said(200, {"predictions": rows, "next": following, "recorded_after": position, "warning": None})


def operation(status: str, **members: object) -> dict:
    return {
        "id": "4711", "kind": "start_scheduler", "inference_scheduler_name": "pump", "status": status,
        "scheduler_status": "RUNNING", "problem": None, **members,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "code"), [(400, 1), (401, 4), (403, 4), (404, 3), (409, 1), (422, 1), (500, 1), (502, 5), (504, 5)]
)
def test_a_refusal_is_a_sentence_and_an_exit_code(run, script: Script, status: int, code: int):
    script.says = [Said(status, problem(status, "some", "This is why."))]
    ended = run("schedulers", "describe", "pump")
    assert (ended.code, ended.out, ended.err.splitlines()[0]) == (code, "", "This is why.")


def test_the_places_that_are_wrong_are_listed_up_to_ten(run, script: Script):
    errors = [{"file": "a.csv", "row": row, "column": "flow", "detail": "Not a number."} for row in range(1, 15)]
    script.says = [Said(422, problem(422, "invalid-request", "14 cells are wrong.", errors=errors))]
    said = run("schedulers", "describe", "pump").err.splitlines()
    assert said[:2] == ["14 cells are wrong.", "  a.csv, row 1, column flow: Not a number."]
    assert (len(said), said[-1]) == (12, "  and 4 more")


def test_an_answer_of_another_program_is_said_to_be_one(run, script: Script):
    for says in (Said(418, {"teapot": True}), Said(200, {"hello": "world"}, {"X-Request-Id": ""}), Said(301)):
        script.says = [says]
        ended = run("schedulers", "list")
        assert (ended.code, ended.out) == (1, "")
        assert "is it the address of the REST API?" in ended.err


def test_what_may_pass_is_asked_for_again_under_the_same_key(run, script: Script):
    away = Said(503, problem(503, "queue-unavailable", "Not now."), {"Retry-After": "1"})
    script.says = [away, Said(LOST), away, Said(200, operation("succeeded"))]
    assert run("schedulers", "start", "pump").code == 0
    keys = [heard.headers["Idempotency-Key"] for heard in script.heard]
    assert len(keys) == 4
    assert len(set(keys)) == 1


def test_patience_has_an_end(run, script: Script):
    script.says = [Said(503, problem(503, "queue-unavailable", "Not now."), {"Retry-After": "3600"})]
    ended = run("schedulers", "start", "pump")
    assert (ended.code, ended.err, len(script.heard)) == (5, "Not now.\n", 1)


def test_two_commands_never_share_an_idempotency_key(run, script: Script):
    script.says = [Said(200, operation("succeeded"))]
    for _ in range(2):
        run("schedulers", "start", "pump")
    assert len({heard.headers["Idempotency-Key"] for heard in script.heard}) == 2


def test_an_operation_that_fails_is_told_as_json_and_by_its_exit_code(run, script: Script):
    failed = operation("failed", problem=problem(504, "operation-timed-out", "It took too long."))
    script.says = [Said(202, operation("running")), Said(200, operation("running")), Said(200, failed)]
    ended = run("schedulers", "start", "pump", "--json")
    assert (ended.code, ended.json["status"]) == (6, "failed")
    assert ended.err == "start scheduler pump: It took too long.\n"


def test_a_service_that_starts_again_is_waited_for_by_who_began_something(run, script: Script, monkeypatch):
    tried = []
    send = Rest._once

    def starting_again(*arguments: object) -> object:
        if script.heard and len(tried) < 3:
            tried.append(arguments)
            raise NewConnectionError(None, "nobody listens")
        return send(*arguments)

    script.says = [Said(202, operation("running")), Said(200, operation("succeeded"))]
    monkeypatch.setattr(Rest, "_once", starting_again)
    assert run("schedulers", "start", "pump").code == 0
    assert len(tried) == 3


def test_without_waiting_the_operation_is_named(run, script: Script):
    script.says = [Said(202, operation("running"))]
    ended = run("schedulers", "start", "pump", "--no-wait")
    assert (ended.code, ended.out) == (0, "start scheduler pump: begun, operation 4711\n")


def test_every_page_of_a_list_is_read(run, script: Script):
    one = {
        "inference_scheduler_name": "a", "status": "RUNNING", "latest_inference_result": None, "model_name": "m",
        "data_upload_frequency": "PT5M", "data_delay_offset_in_minutes": 0,
    }  # fmt: skip
    pages = [Said(200, {"schedulers": [one], "next": "/v1/schedulers?cursor=x"}), Said(200, {"schedulers": [one]})]
    pages[1].document["next"] = None
    script.says = pages
    assert len(run("schedulers", "list", "--json").json["schedulers"]) == 2
    assert script.heard[1].path == "/v1/schedulers?cursor=x"


def test_a_deletion_is_asked_about_where_nobody_said_yes(run, script: Script):
    assert run("schedulers", "delete", "pump").code == 2
    assert script.heard == []


def test_following_misses_nothing_when_the_service_goes_away(run, script: Script):
    away = Said(503, problem(503, "database-unavailable", "Not now."))
    script.says = [
        page(position="p0"), page(0.1, 0.2, position="p1", following="/more"), away, Said(LOST), away,
        page(0.9, position="p2"), page(position="p2"), page(0.3, position="p3"),
    ]  # fmt: skip
    ended = run("predictions", "pump", "--follow", "--json", "--limit", "4")

    assert [json.loads(line)["anomaly_score"] for line in ended.out.splitlines()] == [0.1, 0.2, 0.9, 0.3]
    positions = [re.search(r"recorded_after=(\w+)", heard.path) for heard in script.heard]
    asked = [found[1] for found in positions if found]
    assert list(dict.fromkeys(asked)) == ["p0", "p1", "p2"]
    assert "Asking again until it answers." in ended.err


def test_following_from_a_time_on_begins_with_what_is_there(run, script: Script):
    script.says = [page(0.7, position="p1")]
    ended = run("predictions", "pump", "--follow", "--since", "2026-03-01T12:00:00Z", "--limit", "1")
    assert "recorded_after=start" in script.heard[0].path
    assert "start_time=2026-03-01T12%3A00%3A00Z" in script.heard[0].path
    assert re.match(r"2026-03-01 12:00 +0\.700 +#{14} +ANOMALY", ended.out)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://nowhere.invalid", "https://{script}"])
def test_a_service_that_never_answered_is_not_waited_for(run, script: Script, url: str):
    url = url.format(script=script.address.removeprefix("http://"))
    ended = run("predictions", "pump", "--follow", "--api-url", url)
    assert ended.code == 5
    assert f"Nobody answers at {url} (" in ended.err
    assert "again" not in ended.err


def test_ctrl_c_ends_a_command_without_a_traceback(script: Script):
    script.says = [page(0.1, position="p1")]
    command = [sys.executable, "-m", "service.cli", "predictions", "pump", "--follow"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=_hear_ctrl_c
    ) as process:
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert (process.returncode, said.strip()) == (130, "Interrupted.")


def _hear_ctrl_c() -> None:
    """What a shell starts in the background ignores it, and so does everything that is started by that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_a_reader_that_goes_away_is_no_error(script: Script):
    script.says = [page(*[0.1] * 9, position="p1", following="/more")]
    command = f"{sys.executable} -m service.cli predictions pump --follow --json | head -1; exit ${{PIPESTATUS[0]}}"
    ended = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=20)
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize("since", ["yesterday", "5", "2026-13-01", "9999999d"])
def test_a_time_that_is_none_is_refused_before_anything_is_asked(run, script: Script, since: str):
    ended = run("predictions", "pump", "--since", since)
    assert ended.code == 2
    assert "nor a span such as 90m, 24h or 7d" in ended.err
    assert script.heard == []
