"""A scheduler whose predictions come from result objects in a real bucket, or straight into our store."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import pytest
from scored_plant import SENSORS, Plant, at

from service.facade.domain.predictions import Prediction
from service.facade.store.collecting import follow
from service.facade.store.predictions import replace_windows
from service.facade.usecases.collecting import collect_now


@pytest.fixture(autouse=True)
def _patient_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two seconds are enough for a reader to collect what is new, but not for a test on a machine with other work."""
    monkeypatch.setattr(collect_now, "__defaults__", (20.0,))


@pytest.fixture
def plant(s3, bucket: str, upstream, name: str) -> Plant:
    upstream.add_scheduler(
        name, InferenceSchedulerArn=f"arn:aws:lookoutequipment:::inference-scheduler/{name}/{bucket}"
    )
    return Plant(s3, bucket, upstream, name)


@pytest.fixture
def record(plant, resources, name: str) -> Callable[..., None]:
    """Put rows into our store as the collector does: scores by the minute after midnight, five minutes in a window.
    What a window had before is replaced."""
    arn = plant.upstream.schedulers[name]["InferenceSchedulerArn"]

    def store(
        scores: Mapping[int, float | None],
        shares: Sequence[float] | None = (0.5, 0.3, 0.2),
        sensors: tuple[str, ...] = SENSORS,
        prediction: int | None = None,
    ) -> None:
        windows: dict[datetime, list[Prediction]] = {}
        for minute, score in scores.items():
            anomalous = int((score or 0) > 0.5) if prediction is None else prediction
            row = Prediction(at(minute), anomalous, None, score, sensors, shares and tuple(shares))
            windows.setdefault(at(5 * ((minute - 1) // 5)), []).append(row)
        with resources.database.begin() as db:
            replace_windows(db, follow(db, arn, name, "default").id, windows)

    return store


@pytest.fixture
def read(client, name: str) -> Callable[..., Any]:
    """GET the predictions; answers the response."""
    return lambda query="", **headers: client.get(f"/v1/schedulers/{name}/predictions{query}", headers=headers)


@pytest.fixture
def times(read) -> Callable[..., list[str]]:
    """Hours and minutes of the predictions."""
    return lambda query="": [row["timestamp"][11:16] for row in read(query).json["predictions"]]
