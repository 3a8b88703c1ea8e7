"""A request id in, out, in problems and in the log."""

import pytest
import structlog
from structlog.testing import capture_logs


def test_the_callers_id_comes_back(client):
    assert client.get("/healthz", headers={"X-Request-Id": "abc-123"}).headers["X-Request-Id"] == "abc-123"


def test_a_request_without_one_gets_one(client):
    first, second = (client.get("/healthz").headers["X-Request-Id"] for _ in range(2))

    assert len(first) == 32
    assert first != second


@pytest.mark.parametrize("bad", ["", "with space", "x" * 129, 'quote"'])
def test_an_id_that_does_not_fit_into_a_log_line_is_replaced(client, bad):
    given = client.get("/healthz", headers={"X-Request-Id": bad}).headers["X-Request-Id"]

    assert given != bad
    assert len(given) == 32


def test_a_problem_carries_the_id(client):
    assert client.get("/nowhere", headers={"X-Request-Id": "abc-123"}).json["request_id"] == "abc-123"


def test_each_request_is_one_log_line_with_its_id(client):
    with capture_logs([structlog.contextvars.merge_contextvars]) as lines:
        client.get("/nowhere", headers={"X-Request-Id": "abc-123"})

    [line] = [line for line in lines if line["event"] == "request_handled"]
    assert (line["request_id"], line["method"], line["path"], line["status"]) == ("abc-123", "GET", "/nowhere", 404)
