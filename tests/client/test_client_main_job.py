"""The main job on the command line, against real processes: create, upload, replay, look, stop, delete."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.chaos.plant import BUCKET, Sheet


def made(name: str) -> list[str]:
    places = ["--input", f"s3://{BUCKET}/{name}/in/", "--output", f"s3://{BUCKET}/{name}/out"]
    return ["schedulers", "create", name, "--model", "model-a", *places]


@pytest.fixture
def readings(trained: Sheet, tmp_path: Path) -> Path:
    file = tmp_path / "readings.csv"
    file.write_bytes(trained.csv)
    return file


@pytest.fixture
def pump(lookout, trained: Sheet, unique: str) -> Iterator[str]:
    """A scheduler of this test; a model can have one at a time."""
    name = f"pump-{unique}"
    assert lookout(*made(name)).out == f"{name} is RUNNING.\n"
    yield name
    lookout("schedulers", "delete", name, "--force", "--yes")


def test_the_main_job_is_done_on_the_command_line(lookout, pump: str, trained: Sheet, readings: Path):
    again = lookout(*made(pump))
    assert (again.code, again.err) == (1, f"There is an inference scheduler '{pump}' already.\n")
    assert any(line.startswith(f"{pump}  RUNNING") for line in lookout("schedulers", "list").out.splitlines())
    assert f"s3://{BUCKET}/{pump}/out/" in lookout("schedulers", "describe", pump).out

    assert "12 input files would be written" in lookout("upload", pump, str(readings), "--dry-run").out
    sent = lookout("upload", pump, str(readings))
    assert (sent.code, sent.out.splitlines()[-1]) == (0, "12 input files are written.")
    assert "readings.csv: 30 rows of pump, motor" in sent.out
    assert "was sent before" in lookout("upload", pump, str(readings)).out

    span = ["--start", trained.start.isoformat(), "--end", trained.end.isoformat()]
    assert lookout("replay", pump, *span, "--dry-run", "--json").json["windows"][0]["action"] == "score"
    replayed = lookout("replay", pump, *span)
    assert (replayed.code, "6 windows, 6 succeeded" in replayed.out) == (0, True)

    rows = lookout("predictions", pump, "--since", trained.start.isoformat(), "--json").json["predictions"]
    assert len(rows) == 30
    followed = lookout("predictions", pump, "--since", "1d", "--follow", "--limit", "30", "--json").out.splitlines()
    assert {json.loads(line)["timestamp"] for line in followed} == {row["timestamp"] for row in rows}
    table = lookout("predictions", pump, "--since", trained.start.isoformat(), "--limit", "2").out.splitlines()
    assert [line[:16] for line in table[1:]] == [row["timestamp"][:16].replace("T", " ") for row in rows[-2:]]
    assert lookout("executions", pump, "--status", "SUCCESS", "--limit", "2").out.count("SUCCESS") == 2
    assert lookout("events", pump, "--json").json["events"] == []

    assert lookout("schedulers", "stop", pump).out == f"{pump} is STOPPED.\n"
    assert lookout("schedulers", "delete", pump, "--yes").out == f"{pump} is deleted.\n"
    assert lookout("schedulers", "describe", pump).code == 3


def test_a_large_file_goes_to_s3_and_not_through_the_service(lookout, pump: str, readings: Path, monkeypatch):
    monkeypatch.setattr("service.client.sending.LARGE_BYTES", readings.stat().st_size)
    monkeypatch.setattr("service.client.sending._send_through", lambda *_: pytest.fail("it goes through the service"))
    sent = lookout("upload", pump, str(readings), "--json")
    [upload] = sent.json["uploads"]

    assert (sent.code, upload["status"], upload["progress"]["files_written"]) == (0, "succeeded", 12)


def test_refused_rows_are_named_and_nothing_is_written(lookout, pump: str, readings: Path):
    lines = readings.read_text().splitlines()
    lines[20] = lines[20].rpartition(",")[0] + ",forty"
    readings.write_text("\n".join(lines))
    sent = lookout("upload", pump, str(readings))

    assert sent.code == 6
    assert "'forty' is not a number." in sent.err
    assert "readings.csv, row 21, column motor\\current" in sent.err


def test_a_scheduler_is_created_from_a_file_that_options_change(lookout, tmp_path: Path, trained: Sheet):
    body = {
        "inference_scheduler_name": "pump-filed",
        "model_name": "model-a",
        "data_upload_frequency": "PT5M",
        "data_input_configuration": {"s3_input_configuration": {"bucket": BUCKET, "prefix": "pump-filed/in/"}},
        "data_output_configuration": {"s3_output_configuration": {"bucket": BUCKET, "prefix": "pump-filed/out/"}},
    }
    (tmp_path / "pump.json").write_text(json.dumps(body))
    made = lookout("schedulers", "create", "-f", str(tmp_path / "pump.json"), "--delay", "7", "--frequency", "PT10M")
    described = lookout("schedulers", "describe", "pump-filed", "--json").json
    lookout("schedulers", "delete", "pump-filed", "--force", "--yes")

    assert made.out == "pump-filed is RUNNING.\n"
    assert (described["data_delay_offset_in_minutes"], described["data_upload_frequency"]) == (7, "PT10M")


def test_what_is_not_there_and_who_may_not_come_in_have_exit_codes_of_their_own(lookout, readings: Path):
    assert lookout("upload", "nobody", str(readings)).code == 3
    refused = lookout("schedulers", "list", "--api-key", "lk_wrong")
    assert refused.code == 4
    assert "`lookout keys create` makes one" in refused.err
    assert lookout("schedulers", "list", "--api-url", "http://127.0.0.1:1").code == 5


def test_names_of_schedulers_are_completed_by_the_service(lookout, pump: str, monkeypatch):
    with monkeypatch.context() as asked:
        asked.setenv("_LOOKOUT_COMPLETE", "bash_complete")
        asked.setenv("COMP_WORDS", f"lookout schedulers describe {pump[:-1]}")
        asked.setenv("COMP_CWORD", "3")
        completed = lookout()

    assert completed.out == f"plain,{pump}\n"
