"""Old results in a bucket, and a test that plays the worker."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from old_results import Archive

from service.facade.usecases.import_work import work_on_import


@pytest.fixture
def archive(s3, bucket: str) -> Archive:
    return Archive(s3, bucket, "old/", datetime(2022, 5, 13, tzinfo=UTC))


@pytest.fixture
def import_now(client, resources, name: str, bucket: str) -> Callable[..., dict[str, Any]]:
    """Import a prefix, with a worker at hand; the import after that."""

    def run(prefix: str = "old/", scheduler: str = name) -> dict[str, Any]:
        begun = client.post(f"/v1/schedulers/{scheduler}/imports", json={"bucket": bucket, "prefix": prefix})
        assert begun.status_code == 202, begun.json
        work_on_import(resources, begun.json["id"])
        return client.get(begun.headers["Location"]).json

    return run


@pytest.fixture
def rows(client, name: str) -> Callable[..., list[tuple[str, float | None]]]:
    """(time, score) of every prediction of the scheduler."""

    def read(scheduler: str = name) -> list[tuple[str, float | None]]:
        answer = client.get(f"/v1/schedulers/{scheduler}/predictions?limit=500")
        assert answer.status_code == 200, answer.json
        return [(row["timestamp"], row["anomaly_score"]) for row in answer.json["predictions"]]

    return read
