"""Result objects of executions -> rows of predictions. Each object is read once, and again when its ETag changes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from os.path import commonprefix

import structlog

from service.facade.aws.objects import find_object, list_objects
from service.facade.counts import count_results
from service.facade.domain.collecting import CollectedResult
from service.facade.domain.executions import InferenceExecution
from service.facade.domain.predictions import Prediction
from service.facade.problems import StorageRefused
from service.facade.resources import Resources
from service.facade.sensordata.results import UnreadableResult, parse_results
from service.facade.store import collecting, predictions
from service.facade.usecases.notifying import TELL_ANOMALIES
from service.threads import Threads

_READERS = 8
_AT_ONCE = 16  # results in memory, and in one transaction
Content = list[Prediction] | UnreadableResult | StorageRefused | None  # None: deleted since it was listed
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ResultObject:
    """The result of the window that begins at `data_start_time`; `etag` is empty where nobody may list the bucket."""

    data_start_time: datetime
    bucket: str
    key: str
    etag: str = ""


def collect_results(
    resources: Resources, scheduler_id: int, executions: Iterable[InferenceExecution], check: Callable[[], None]
) -> list[StorageRefused]:
    """Store the predictions of those executions whose results are new or changed, the oldest first.

    Args:
        executions: finished ones, with their result objects.
        check: called between batches; raises when there is no time left. What is stored until then stays.

    Returns:
        A refusal for each object that may not be read. They do not keep the others from being collected.
    """
    refusals: list[StorageRefused] = []
    results = _changed(resources, scheduler_id, _present(resources, _result_objects(executions)))
    with Threads(_READERS, thread_name_prefix="collect") as pool:
        for at in range(0, len(results), _AT_ONCE):
            check()
            batch = results[at : at + _AT_ONCE]
            contents = list(pool.map(lambda result: _read(resources, result), batch))
            refused = [content for content in contents if isinstance(content, StorageRefused)]
            count_results("refused", len(refused))
            refusals += refused
            _store(resources, scheduler_id, zip(batch, contents, strict=True))
    return refusals


def _result_objects(executions: Iterable[InferenceExecution]) -> list[ResultObject]:
    """One for each data start time: windows of two lengths that begin alike share one object."""
    found = {
        execution.data_start_time: ResultObject(execution.data_start_time, *execution.customer_result_object)
        for execution in executions
        if execution.customer_result_object
    }
    return [found[start] for start in sorted(found)]


def _present(resources: Resources, results: list[ResultObject]) -> list[ResultObject]:
    """The results that are there, with their ETags: one listing for each bucket instead of a request for each key."""
    etags: dict[tuple[str, str], str] = {}
    for bucket in {result.bucket for result in results}:
        keys = sorted(result.key for result in results if result.bucket == bucket)
        prefix = commonprefix(keys)  # noqa: RUF071 - of keys, which are no paths
        try:
            listed = list(list_objects(resources.buckets.quick, bucket, prefix, keys[0], keys[-1]))
        except StorageRefused:
            log.warning("results_not_listed", bucket=bucket)  # changes go unseen, new results are still read
            etags |= {(bucket, key): "" for key in keys}
        else:
            etags |= {(bucket, entry["Key"]): entry["ETag"].strip('"') for entry in listed}
    return [
        ResultObject(result.data_start_time, result.bucket, result.key, etags[result.bucket, result.key])
        for result in results
        if (result.bucket, result.key) in etags
    ]


def _changed(resources: Resources, scheduler_id: int, results: list[ResultObject]) -> list[ResultObject]:
    with resources.database.begin() as db:
        known = collecting.known_etags(db, scheduler_id, [result.data_start_time for result in results])
    return [
        result
        for result in results
        if result.data_start_time not in known or (result.etag and result.etag != known[result.data_start_time])
    ]


def _read(resources: Resources, result: ResultObject) -> Content:
    try:
        content = find_object(resources.buckets.quick, result.bucket, result.key)
        return None if content is None else parse_results(content)
    except StorageRefused as refusal:
        return refusal
    except UnreadableResult as fault:
        log.warning("result_unreadable", bucket=result.bucket, key=result.key, fault=str(fault))
        return fault


def _store(resources: Resources, scheduler_id: int, read: Iterable[tuple[ResultObject, Content]]) -> None:
    """In one transaction. An unreadable object is remembered as such, so that it is not read again and again."""
    windows: dict[datetime, list[Prediction]] = {}
    results: list[CollectedResult] = []
    for result, content in read:
        if isinstance(content, list | UnreadableResult):
            windows[result.data_start_time] = content if isinstance(content, list) else []
            fault = str(content) if isinstance(content, UnreadableResult) else None
            results.append(CollectedResult(data_start_time=result.data_start_time, etag=result.etag, fault=fault))
    with resources.begin() as unit:
        predictions.replace_windows(unit.db, scheduler_id, windows)
        collecting.record_results(unit.db, scheduler_id, results, resources.clock())
        unit.send(TELL_ANOMALIES, str(scheduler_id))
    _count(results, [row for rows in windows.values() for row in rows])


def _count(results: list[CollectedResult], rows: list[Prediction]) -> None:
    unreadable = sum(result.fault is not None for result in results)
    count_results("unreadable", unreadable)
    count_results("readable", len(results) - unreadable, len(rows), sum(row.prediction == 1 for row in rows))
