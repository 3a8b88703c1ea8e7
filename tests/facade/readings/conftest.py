"""A pump of two components that wrote files of an hour, five minutes each, into a bucket of its own."""

from collections.abc import Callable
from typing import Any

import pytest
from hour_of_readings import COLUMNS, HOUR, MINUTE, SCHEMA, csv


@pytest.fixture
def put(s3, bucket: str) -> Callable[..., None]:
    """`put(component, minute, text)`: the file of the window that begins at a minute of the hour."""

    def put(component: str, minute: int, text: str) -> None:
        key = f"in/{component}_{HOUR + minute * MINUTE:%Y%m%d%H%M%S}.csv"
        s3.put_object(Bucket=bucket, Key=key, Body=text.encode())

    return put


@pytest.fixture
def pump(upstream, name: str, bucket: str, put) -> str:
    """The name of the scheduler."""
    place = {"S3InputConfiguration": {"Bucket": bucket, "Prefix": "in/"}}
    upstream.add_scheduler(name, DataInputConfiguration=place)
    upstream.schema = SCHEMA
    for minute in range(0, 60, 5):
        for component in COLUMNS:
            put(component, minute, csv(component, HOUR + minute * MINUTE))
    return name


@pytest.fixture
def read(client, pump) -> Callable[..., Any]:
    """`read(start_minute, end_minute, **parameters)`: the answer."""

    def ask(start: float = 0, end: float = 60, **parameters: Any) -> Any:
        span = {"start_time": (HOUR + start * MINUTE).isoformat(), "end_time": (HOUR + end * MINUTE).isoformat()}
        return client.get(f"/v1/schedulers/{pump}/readings", query_string=span | parameters)

    return ask
