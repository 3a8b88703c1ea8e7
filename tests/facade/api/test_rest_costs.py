"""What a GET costs: SQL statements and calls upstream, the same for one thing as for many."""

from collections.abc import Iterator

import pytest
from sqlalchemy import event

from service.facade.domain.uploads import UploadWork
from service.facade.store import collecting, uploads
from service.facade.usecases.ownership import owner_key
from service.facade.usecases.schedulers import stop_scheduler
from service.facade.usecases.upload_plans import plan_upload
from service.facade.usecases.uploads import STAGING_PREFIX

HERE = "/v1/schedulers/{name}"
WHOSE = "DescribeInferenceScheduler"  # asked before anything else, and kept for seconds
COSTS = {  # address: (SQL statements, calls upstream), with everything missing in the cache
    "/v1/schedulers?name_prefix={name}": (1, ["ListInferenceSchedulers"]),
    HERE: (0, ["DescribeInferenceScheduler"]),
    f"{HERE}/executions": (1, [WHOSE, "ListInferenceExecutions"]),
    f"{HERE}/replays": (1, [WHOSE]),
    f"{HERE}/imports": (1, [WHOSE]),
    f"{HERE}/uploads": (1, [WHOSE]),
    "/v1/uploads/{upload}": (1, []),
    "/v1/operations/{operation}": (1, []),
    "/v1/models": (0, ["ListModels"]),
    "/v1/models/pump-model": (0, ["DescribeModel"]),
    "/v1/replays/{replay}": (1, ["DescribeInferenceReplay"]),
    "/healthz": (0, []),
    "/readyz": (2, ["ListInferenceSchedulers"]),
}


@pytest.fixture
def statements(resources) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_) -> None:
        sent.append(statement)

    event.listen(resources.database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(resources.database.engine, "before_cursor_execute", note)


@pytest.fixture
def ids(client, resources, upstream, name) -> dict[str, str]:
    upstream.add_scheduler(name)
    span = {"start_time": "2026-03-01T00:00:00Z", "end_time": "2026-03-01T01:00:00Z"}
    replay = client.post(f"/v1/schedulers/{name}/replays", json=span).json["id"]
    operation = stop_scheduler(resources, "default", name).id
    add_upload(resources, name, f"{name}-0")
    upstream.add_execution(name, 1772323200)
    return {"name": name, "replay": replay, "operation": operation, "upload": f"{name}-0"}


def add_upload(resources, name: str, upload_id: str) -> None:
    work = UploadWork(
        id=upload_id,
        team="default",
        inference_scheduler_name=name,
        staging_key=STAGING_PREFIX + upload_id,
        staged_files=(),
        plan=plan_upload(resources, "default", name),
        created_at=resources.clock(),
    )
    with resources.database.begin() as db:
        uploads.insert(db, work)


def follow_all(resources, upstream) -> None:
    """As the worker does that collects: from then on our store says whose they are."""
    with resources.database.begin() as db:
        for one in upstream.schedulers.values():
            collecting.follow(db, one["InferenceSchedulerArn"], one["InferenceSchedulerName"], "default")


@pytest.mark.parametrize("more", [0, 9])
def test_a_get_asks_as_often_for_many_things_as_for_one(client, resources, upstream, ids, name, statements, more):
    for number in range(1, more + 1):
        upstream.add_scheduler(f"{name}-{number}")
        upstream.add_execution(name, 1772323200 + 300 * number)
        add_upload(resources, name, f"{name}-{number}")
    follow_all(resources, upstream)
    client.get("/healthz")
    found = {}
    for address in COSTS:
        for key in (f"facade:scheduler:{name}", owner_key(name), "facade:model:pump-model"):
            resources.cache.drop(key)
        statements.clear()
        upstream.calls.clear()
        assert client.get(address.format(**ids)).status_code == 200, address
        found[address] = len(statements), [*upstream.calls]

    assert found == COSTS
