"""Traces of one process: not paid for unless asked for, sampled as asked for, and never in the way."""

import subprocess
import sys
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest
from structlog.testing import capture_logs

from service.settings import Settings
from service.tracing import carried, span, start_tracing

PROGRAM = """
from service.settings import load_settings
from service.tracing import carried, span, start_tracing
print(start_tracing(load_settings(), "facade"))
with span("SERVER", "GET /v1/models", {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"}):
    print(carried())
with span("CONSUMER", "a task"):
    pass
"""


@pytest.fixture
def collector():
    """An address where spans may be sent; `taken` are the requests, `hangs` has it answer none."""
    hangs, taken = Event(), []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(self.rfile.read(int(self.headers["Content-Length"])))
            if hangs.is_set():
                time.sleep(20)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.hangs, server.taken, server.daemon_threads = hangs, taken, True
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def run(address: str, **environment: str) -> str:
    wanted = {"OTEL_EXPORTER_OTLP_ENDPOINT": address, "PATH": "", **environment}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM], env=wanted, check=True, capture_output=True, text=True
    ).stdout


def url(collector: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{collector.server_port}"


def test_without_an_endpoint_nothing_of_opentelemetry_is_imported():
    program = PROGRAM + "import sys\nprint(any(name.startswith('opentelemetry') for name in sys.modules))"
    said = subprocess.run([sys.executable, "-c", program], env={"PATH": ""}, check=True, capture_output=True, text=True)
    assert said.stdout.split() == ["False", "{}", "False"]


def test_what_a_caller_chose_not_to_trace_is_not_traced_and_the_rest_is_sent_when_the_process_ends(collector):
    said = run(url(collector))
    assert "'traceparent': '00-0af7651916cd43dd8448eb211c80319c-" in said  # passed on, with its last field 00
    assert "-00'}" in said
    [body] = collector.taken
    assert b"a task" in body
    assert b"/v1/models" not in body


def test_the_standard_sampler_decides(collector):
    run(url(collector), OTEL_TRACES_SAMPLER="traceidratio", OTEL_TRACES_SAMPLER_ARG="0")
    assert collector.taken == []


def test_a_collector_that_hangs_keeps_no_process_from_ending(collector):
    collector.hangs.set()
    began = time.monotonic()
    run(url(collector))
    assert time.monotonic() - began < 8
    assert collector.taken


def test_packages_that_are_missing_are_told_once_and_keep_nobody_from_working(monkeypatch):
    monkeypatch.delitem(sys.modules, "service.tracing.opened", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with capture_logs() as lines:
        assert not start_tracing(replace(Settings(), otlp_endpoint="http://127.0.0.1:4318"), "facade")
    [line] = lines
    assert (line["event"], line["log_level"]) == ("tracing_off", "warning")
    assert "lookout-for-machines[tracing]" in line["hint"]
    with span("SERVER", "GET /v1/models"):
        assert carried() == {}
