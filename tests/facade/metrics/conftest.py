"""A facade of two HTTP workers and a Celery worker, each a real process that only the test talks to."""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from subprocess import Popen
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

import pytest
from own_processes import over_http
from scrapes import TOKEN, Scrape, scrape
from stub_upstream import StubUpstream
from wsgi_seam import served

from service.commands import commands
from service.embedded.program import Program, running
from service.embedded.valkey import valkey_program
from service.embedded.valkey import valkey_url as url_of_valkey
from service.settings import Settings

HTTP_WORKERS = 2


@dataclass
class Run:
    """The processes; `answered` is what the test counted itself: answers by method, route and status."""

    settings: Settings
    upstream: StubUpstream
    begin: Callable[[str], Popen]
    started: dict[str, Popen] = field(default_factory=dict)
    answered: Counter = field(default_factory=Counter)

    def start(self, *names: str) -> None:
        for name in names:
            self.started[name] = self.begin(name)

    @property
    def facade(self) -> str:
        return f"http://127.0.0.1:{self.settings.facade_port}"

    def ask(self, method: str, path: str, route: str, body: bytes | None = None, **headers: str) -> Any:
        """Send a request and count it; the JSON of its answer."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        request = HttpRequest(f"{self.facade}{path}", data=body, method=method, headers=sent)
        try:
            answer = urlopen(request, timeout=20)
        except HTTPError as error:
            answer = error
        with answer:
            text = answer.read()
        self.answered[method, route, str(answer.status)] += 1
        return json.loads(text or b"null")

    def scrape(self) -> Scrape:
        return scrape(self.facade)

    def scrape_worker(self) -> Scrape:
        return scrape(f"http://127.0.0.1:{self.settings.metrics_port}")

    def counted(self) -> dict[tuple[str, ...], float]:
        """What the facade counted, as `answered` has it; without what probes and scrapes ask."""
        series = self.scrape().by("lookout_http_requests_total", "method", "route", "status")
        return {key: value for key, value in series.items() if key[1] not in ("/healthz", "/metrics")}


@pytest.fixture
def run(
    settings: Settings, session_folder: Path, unique: str, upstream: StubUpstream, fresh_facade_database_url: str,
    tmp_path: Path, free_port: Callable[[], int],
) -> Iterator[Run]:  # fmt: skip
    folder = session_folder / f"metrics-{unique}"
    with ExitStack() as stack:
        stack.enter_context(running(valkey_program(folder, folder), tmp_path / "valkey.log"))
        own = replace(
            settings,
            auth="off",
            redis_url=url_of_valkey(folder),
            facade_database_url=fresh_facade_database_url,
            lookoutequipment_endpoint_url=stack.enter_context(served(over_http(upstream))),
            http_workers=HTTP_WORKERS,
            http_threads=4,
            describe_cache_seconds=120.0,
            metrics_token=TOKEN,
            metrics_port=free_port(),
        )
        ready = {"facade": lambda: _has_all_workers(own), "facade-worker": lambda: _answers(own.metrics_port)}

        def begin(name: str) -> Popen:
            environment = {**os.environ, **own.environment()}
            program = Program(name=name, command=commands(own)[name], environment=environment, ready=ready[name])
            return stack.enter_context(running(program, tmp_path / f"{name}.log"))

        yield Run(own, upstream, begin)


def _has_all_workers(settings: Settings) -> bool:
    with suppress(OSError):
        return scrape(f"http://127.0.0.1:{settings.facade_port}").sum("lookout_http_workers") == HTTP_WORKERS
    return False


def _answers(port: int) -> bool:
    with suppress(OSError):
        return bool(scrape(f"http://127.0.0.1:{port}").values)
    return False
