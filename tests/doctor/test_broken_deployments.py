"""`lookout doctor` in deployments that are broken in one way: it names the cause, once, and says what to do."""

import json
import re
import time
from contextlib import ExitStack

import pytest
from breakages import (
    Breakage,
    data_folder_that_is_a_file,
    facade_that_is_not_there,
    frozen,
    pending_migrations,
    redis_that_drops_tasks,
    settings_say,
    stopped,
    taken_port,
    wrong_database_password,
    wrong_redis_password,
)
from support.chaos.stack import Stack

from service.cli import main
from service.doctor import workers
from service.doctor.checks import CHECKS
from service.doctor.examination import BOUND_SECONDS, Found, examine
from service.doctor.findings import View
from service.embedded.running import running_settings
from service.settings import Settings

BROKEN = [
    Breakage("redis is stopped", stopped("redis"), "redis", "cannot be reached", "Start Redis"),
    Breakage("redis has another password", wrong_redis_password, "redis", "refuses our password", "REDIS_URL"),
    Breakage("redis drops tasks", redis_that_drops_tasks, "redis", "policy is allkeys-lru", "noeviction"),
    Breakage("the database is stopped", stopped("database"), "facade database", "cannot be reached", "Start Post"),
    Breakage(
        "the database has another password", wrong_database_password, "facade database",
        'password authentication failed for user "guarded"', "LOOKOUT_FACADE_DATABASE_URL",
    ),
    Breakage("migrations are pending", pending_migrations, "facade database", r"pending: 0002_\w+, .*0017_", "migrate"),
    Breakage(
        "the engine's database is stopped", stopped("engine-database"), "engine database", "cannot be reached", "Start"
    ),
    Breakage("s3 is stopped", stopped("s3"), "s3", "cannot be reached", "AWS_ENDPOINT_URL_S3"),
    Breakage(
        "s3 has another secret", settings_say(aws_secret_access_key="wrong"), "s3", "refuses our credentials",
        "AWS_SECRET_ACCESS_KEY",
    ),
    Breakage(
        "the staging bucket is missing", settings_say(staging_bucket="nowhere"), "s3", "no bucket nowhere",
        "aws s3 mb s3://nowhere",
    ),
    Breakage("the engine is stopped", stopped("engine"), "engine", "cannot be reached", "lookout run engine"),
    Breakage("no facade worker runs", stopped("facade-worker"), "workers", "none runs", "lookout run facade-worker"),
    Breakage("a worker hangs", frozen("engine-worker"), "workers", r"engine-worker, process \d+, is stopped", "CONT"),
    Breakage("the facade is stopped", facade_that_is_not_there, "facade", "Nothing listens", "run facade"),
    Breakage("another program has the port", taken_port, "facade", r"another program: .*http\.server", "FACADE_PORT"),
    Breakage("the data folder is unusable", data_folder_that_is_a_file, "disk", "cannot be written to", "DATA_DIR"),
    Breakage("the issuer is away", stopped("issuer"), "identity provider", "refused", "identity provider"),
]  # fmt: skip


def looked(settings: Settings) -> Found:
    return examine(View(settings, running_settings(settings)), CHECKS)


def ill(found: Found) -> set[str]:
    return {name for name, findings in found.items() if any(one.status in ("failed", "warning") for one in findings)}


@pytest.fixture(autouse=True)
def _short_silence(monkeypatch):
    monkeypatch.setattr(workers, "_ANSWER_SECONDS", 1.0)


@pytest.mark.parametrize("breakage", BROKEN, ids=lambda breakage: breakage.name)
def test_the_doctor_names_what_is_broken_and_nothing_else(deployment: Stack, breakage: Breakage):
    with breakage.happens(deployment) as settings:
        found = looked(settings)

    assert ill(found) - {"keys"} == {breakage.check}
    [finding] = [one for one in found[breakage.check] if one.status == "failed"]
    assert re.search(breakage.words, finding.detail)
    assert re.search(breakage.mend, finding.mend)
    assert "right" not in finding.detail + finding.mend.replace("right", "", 1)


def test_neighbours_that_hang_take_no_longer_than_one_and_hide_nothing(deployment: Stack):
    hanging = {"database": "facade database", "redis": "redis", "s3": "s3", "engine": "engine", "facade": "facade"}
    with ExitStack() as stack:
        for name in hanging:
            stack.enter_context(frozen(name)(deployment))
        began = time.monotonic()
        found = looked(deployment.settings)
        took = time.monotonic() - began

    assert ill(found) == set(hanging.values())
    assert all("hangs" in found[check][0].detail for check in hanging.values()), found
    assert took < BOUND_SECONDS
    assert found["workers"][0].detail == "Not looked at: see redis."


def test_a_healthy_deployment_has_no_finding(deployment: Stack):
    found = looked(deployment.settings)
    assert [one for findings in found.values() for one in findings if one.status != "ok"] == []


def test_the_command_tells_machines_that_all_is_well(deployment: Stack, monkeypatch, capsys):
    for name, value in deployment.settings.environment().items():
        monkeypatch.setenv(name, value)
    code = main(["doctor", "--json"])
    document = json.loads(capsys.readouterr().out)

    assert (code, document["status"]) == (0, "ok")
    assert {one["check"] for one in document["findings"]} >= {"redis", "facade database", "s3", "engine", "workers"}
    assert {one["mend"] for one in document["findings"]} == {None}
