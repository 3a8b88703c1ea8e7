"""Workers of the facade as real processes, over a small engine that they reach by HTTP."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from types import SimpleNamespace
from typing import Any

from stub_upstream import StubUpstream
from werkzeug import Request, Response

from service.commands import commands
from service.embedded.program import Program, running
from service.settings import Settings


def over_http(upstream: StubUpstream) -> Callable[..., Any]:
    """The small engine as a WSGI application."""

    @Request.application
    def application(request: Request) -> Response:
        headers = {"X-Amz-Target": request.headers["X-Amz-Target"].encode()}
        answer = upstream(SimpleNamespace(headers=headers, url=request.url, body=request.get_data()))
        return Response(b"".join(answer.raw.stream()), answer.status_code, dict(answer.headers))

    return application


@contextmanager
def worker(settings: Settings, log: Path, command: Sequence[str] = ()) -> Iterator[Popen]:
    """A worker that runs until the block ends."""
    program = Program(
        name="facade-worker",
        command=tuple(command) or commands(settings)["facade-worker"],
        environment={**os.environ, **settings.environment()},
        ready=lambda: True,
    )
    with running(program, log) as process:
        yield process
