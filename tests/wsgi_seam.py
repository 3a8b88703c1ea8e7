"""The seam of the tests: a real boto3 client, led into a WSGI application in this process or over a socket."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from checked_answers import check_answer
from werkzeug.serving import make_server
from werkzeug.test import EnvironBuilder, run_wsgi_app

from service.wire import SERVICE, client_session

ONCE = Config(retries={"mode": "standard", "total_max_attempts": 1})


class _Body(BytesIO):
    """What botocore wants of a response's body."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def led_in_process(client: Any, app: Callable) -> Any:
    """Send every request of a boto3 client to a WSGI application instead of to its endpoint."""

    def answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        split = urlsplit(request.url)
        headers = [(name, _text(value)) for name, value in request.headers.items()]
        builder = EnvironBuilder(
            path=split.path or "/",
            query_string=split.query,
            method=request.method,
            headers=[*headers, ("Host", split.netloc)],
            data=request.body or b"",
        )
        body, status, headers = run_wsgi_app(app, builder.get_environ())
        return AWSResponse(request.url, int(status.split()[0]), dict(headers), _Body(b"".join(body)))

    client.meta.events.register(f"before-send.{client.meta.service_model.service_id.hyphenize()}", answer)
    return client


@contextmanager
def served(app: Callable) -> Iterator[str]:
    """Serve a WSGI application on a free port; yields its URL."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def equipment_client(
    region: str, *, endpoint_url: str = "http://engine.test", key: str = "lookout", secret: str = "lookout-embedded"
) -> Any:
    """A boto3 client with our own operations that tries everything once and checks every answer."""
    client = _session().client(
        SERVICE,
        region_name=region,
        endpoint_url=endpoint_url,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        config=ONCE,
    )
    client.meta.events.register("after-call.lookoutequipment", check_answer)
    return client


@cache
def _session() -> boto3.Session:
    """One for all clients: reading the service model takes most of the time that a client takes."""
    return client_session()


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
