"""A pump that has written its files of the last windows, at a time that stands still."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.facade.api.base import EXTENSION

NOW = datetime(2026, 3, 1, 12, 1, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def client(app, resources):
    app.extensions[EXTENSION] = replace(resources, clock=lambda: NOW)
    return app.test_client()


@pytest.fixture
def pump(upstream, name: str, bucket: str) -> str:
    """A running scheduler whose input and output lie in this test's bucket."""
    place = {"Bucket": bucket, "Prefix": "in/"}
    upstream.add_scheduler(
        name,
        CreatedAt=(NOW - timedelta(days=1)).timestamp(),
        DataInputConfiguration={"S3InputConfiguration": place},
        DataOutputConfiguration={"S3OutputConfiguration": {"Bucket": bucket, "Prefix": "out/"}},
    )
    return name


def rows(start: datetime, minutes: int = 5, step: timedelta = MINUTE, **columns: Callable[[int], Any]) -> str:
    """A file of the window that begins then: flow and power, which change, unless told otherwise."""
    told = {"flow": lambda at: 50 + at, "power": lambda at: 7 - at} | columns
    lines = [
        ",".join([(start + at * step).isoformat()[:19], *(str(value(at)) for value in told.values())])
        for at in range(1, minutes + 1)
    ]
    return "\n".join([",".join(["Timestamp", *told]), *lines, ""])


@pytest.fixture
def feed(s3, bucket: str) -> Callable[..., None]:
    """Write the files of the window that is open at NOW and of the three before it."""

    def write(**options: Any) -> None:
        for number in range(4):
            start = datetime(2026, 3, 1, 11, 45, tzinfo=UTC) + number * 5 * MINUTE
            body = rows(start, **options).encode()
            s3.put_object(Bucket=bucket, Key=f"in/pump_{start:%Y%m%d%H%M%S}.csv", Body=body)

    return write


@pytest.fixture
def validate(client, pump) -> Callable[..., dict[str, Any]]:
    """The answer of a look ahead."""

    def ask(body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = client.post(f"/v1/schedulers/{pump}/validate", **({"json": body} if body else {}))
        assert answer.status_code == 200, answer.json
        return answer.json

    return ask
