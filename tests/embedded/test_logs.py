import json
import logging

import pytest
import structlog

from service import logs
from service.logs import configure_logs, write_info
from service.settings import Settings


@pytest.fixture
def lines(capsys, monkeypatch):
    """Configure JSON logs; calling the fixture gives the lines written so far, parsed."""
    monkeypatch.setattr(logs, "_in_json", False)
    structlog.contextvars.clear_contextvars()
    root = logging.getLogger()
    before = root.handlers, root.level
    configure_logs(Settings(log_format="json"))
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    root.handlers = before[0]
    root.setLevel(before[1])
    structlog.reset_defaults()


def test_a_line_has_its_event_its_fields_and_the_bound_ids(lines):
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        structlog.get_logger("service.some").info("execution_recorded", status="SUCCESS")
    [line] = lines()
    assert line | {"timestamp": ""} == {
        "event": "execution_recorded",
        "status": "SUCCESS",
        "request_id": "r-1",
        "level": "info",
        "logger": "service.some",
        "timestamp": "",
    }


def test_a_line_of_a_library_looks_the_same(lines):
    with structlog.contextvars.bound_contextvars(task_id="t-1"):
        logging.getLogger("some.library").warning("gave up on %s", "it")
    [line] = lines()
    assert (line["event"], line["level"], line["task_id"]) == ("gave up on it", "warning", "t-1")


def test_an_exception_is_part_of_its_line(lines):
    try:
        raise ValueError("no")
    except ValueError:
        structlog.get_logger("service.some").exception("window_failed")
    [line] = lines()
    assert line["exception"][0]["exc_type"] == "ValueError"


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_a_traceback_shows_no_local_variables_for_they_may_hold_secrets(lines, capsys, log_format):
    configure_logs(Settings(log_format=log_format))
    password = "".join(["hunt", "er2"])
    try:
        raise ValueError(len(password))
    except ValueError:
        structlog.get_logger("service.some").exception("window_failed")
    written = capsys.readouterr().err
    assert "ValueError" in written
    assert "hunter2" not in written


def test_the_short_way_to_an_info_line_writes_what_the_long_way_does(lines):
    fields = {"method": "GET", "path": "/v1/models", "status": 200, "ms": 1.5}
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        structlog.get_logger("service.some").info("request_handled", **fields)
        write_info(logging.getLogger("service.some"), "request_handled", **fields)
    long, short = lines()
    assert list(short) == list(long)
    assert short | {"timestamp": ""} == long | {"timestamp": ""}
    assert len(short["timestamp"]) == len(long["timestamp"])
    logging.getLogger().setLevel("WARNING")
    write_info(logging.getLogger("service.some"), "request_handled", **fields)
    assert lines() == []


def test_lines_below_the_level_are_left_out(lines):
    structlog.get_logger("service.some").debug("detail")
    logging.getLogger("botocore").info("chatter")
    assert lines() == []
