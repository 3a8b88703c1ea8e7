"""The command `lookout doctor`: its exit code and its words, and what needs no deployment to be seen."""

from datetime import UTC, datetime, timedelta

import pytest

from service.cli import main
from service.doctor import engine
from service.doctor.findings import View
from service.doctor.keys import look_at_addresses
from service.settings import Settings

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def doctor(capsys):
    def run(*words: str) -> tuple[int, str]:
        code = main(["doctor", *words])
        return code, capsys.readouterr().out

    return run


def test_wrong_settings_are_named_each_with_what_to_do(doctor, monkeypatch):
    monkeypatch.setenv("LOOKOUT_AUTH", "off")
    monkeypatch.setenv("LOOKOUT_BIND_HOST", "0.0.0.0")
    monkeypatch.setenv("LOOKOUT_S3_PROT", "9")
    code, said = doctor()

    assert code == 1
    assert said.count("FAILED") == 2
    assert "LOOKOUT_AUTH = 'off': only where nobody else can connect" in said
    assert "did you mean LOOKOUT_S3_PORT?" in said


def test_where_nothing_runs_that_is_the_one_finding(doctor, monkeypatch, tmp_path):
    monkeypatch.setenv("LOOKOUT_DATA_DIR", str(tmp_path))
    code, said = doctor()

    assert code == 1
    assert said.count("FAILED") == 1
    assert f"nothing runs on {tmp_path}" in said
    assert "-> lookout up, or lookout demo" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"cors_origins": "https://a.example,http://b.example"}, "http://b.example may call"),
        ({"public_url": "http://lookout.example"}, "reads keys and passwords"),
        ({"bind_host": "0.0.0.0", "s3_endpoint_url": "http://127.0.0.1:9000"}, "their own machine"),
    ],
    ids=["pages over http", "all over http", "s3 on loopback"],
)
def test_settings_that_were_hardly_meant_are_warnings(changed, words):
    settings = Settings(**changed)
    [finding] = look_at_addresses(View(settings, settings))
    assert finding.status == "warning"
    assert words in finding.detail


class Engine:
    """A client of an engine with one running scheduler."""

    def __init__(self, changed: datetime, newest: datetime | None) -> None:
        self.changed, self.newest = changed, newest

    def list_inference_schedulers(self, **_: object) -> dict:
        return {"InferenceSchedulerSummaries": [{"InferenceSchedulerName": "pump-7"}]}

    def describe_inference_scheduler(self, **_: object) -> dict:
        times = {"CreatedAt": NOW - timedelta(days=9), "UpdatedAt": self.changed}
        return {"DataUploadFrequency": "PT5M", "DataDelayOffsetInMinutes": 3, **times}

    def list_inference_executions(self, **_: object) -> dict:
        return {"InferenceExecutionSummaries": [{"DataEndTime": self.newest}] if self.newest else []}


@pytest.mark.parametrize(
    ("changed", "newest", "status"),
    [
        (timedelta(days=1), timedelta(minutes=9), "ok"),
        (timedelta(days=1), timedelta(minutes=11), "failed"),
        (timedelta(minutes=9), None, "ok"),
        (timedelta(minutes=9), timedelta(hours=5), "ok"),
        (timedelta(hours=1), None, "failed"),
    ],
    ids=["in time", "late", "just created", "just started again", "never run"],
)
def test_a_run_is_late_when_its_window_delay_and_some_grace_are_over(monkeypatch, changed, newest, status):
    asked = Engine(NOW - changed, newest and NOW - newest)
    monkeypatch.setattr(engine, "engine_client", lambda _: asked)
    monkeypatch.setattr(engine, "_now", lambda: NOW)
    [finding] = engine.look_at_schedule(View(Settings(), Settings()))
    assert finding.status == status
    assert status == "ok" or "pump-7" in finding.detail
