"""A scheduler with scored rows straight in our store, and its charts over HTTP."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.facade.domain.predictions import Prediction
from service.facade.store.collecting import follow
from service.facade.store.predictions import replace_windows

MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
NOON = MIDNIGHT + timedelta(hours=12)
SENSORS = ("pump\\flow", "pump\\power", "motor\\speed")


@pytest.fixture
def resources(resources):
    """It is noon of the day of the rows."""
    return replace(resources, clock=lambda: NOON)


@pytest.fixture
def record(upstream, resources, name: str) -> Callable[..., None]:
    """Put rows into our store as the collector does: scores by the minute after midnight. What was there goes."""
    upstream.add_scheduler(name)
    arn = upstream.schedulers[name]["InferenceSchedulerArn"]

    def store(scores: Mapping[int, float | None], shares: Sequence[float] | None = (0.5, 0.3, 0.2)) -> None:
        rows = [
            Prediction(
                MIDNIGHT + timedelta(minutes=minute),
                int((score or 0) > 0.5),
                None,
                score,
                SENSORS,
                shares and (*shares,),
            )
            for minute, score in scores.items()
        ]
        with resources.database.begin() as db:
            replace_windows(db, follow(db, arn, name, "default").id, {MIDNIGHT: rows})

    return store


@pytest.fixture
def chart(client, name: str) -> Callable[..., Any]:
    """`chart("svg?width=500")`: the answer."""
    return lambda wanted="svg", **headers: client.get(f"/v1/schedulers/{name}/chart.{wanted}", headers=headers)
