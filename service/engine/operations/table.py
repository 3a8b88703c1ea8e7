"""Which function answers which operation, and how it is performed."""

from typing import Any

import structlog

from service.engine.operations import (
    datasets,
    events,
    executions,
    ingestion_jobs,
    model_description,
    models,
    replays,
    scheduler_descriptions,
    scheduler_states,
    schedulers,
    tags,
)
from service.engine.operations.idempotency import Operation, answer_once
from service.engine.operations.unit import Unit
from service.engine.protocol.calls import Call
from service.engine.protocol.faults import (
    ServiceUnavailableException,
    ThrottlingException,
    UnsupportedOperationException,
)
from service.engine.resources import Resources
from service.engine.store.database import Busy, DatabaseAway, brief_transaction
from service.engine.store.scope import Scope

log = structlog.get_logger(__name__)

OPERATIONS: dict[str, Operation] = {
    "CreateDataset": datasets.create_dataset,
    "DescribeDataset": datasets.describe_dataset,
    "ListDatasets": datasets.list_datasets,
    "DeleteDataset": datasets.delete_dataset,
    "StartDataIngestionJob": ingestion_jobs.start_data_ingestion_job,
    "DescribeDataIngestionJob": ingestion_jobs.describe_data_ingestion_job,
    "ListDataIngestionJobs": ingestion_jobs.list_data_ingestion_jobs,
    "CreateModel": models.create_model,
    "DescribeModel": model_description.describe_model,
    "ListModels": models.list_models,
    "DeleteModel": models.delete_model,
    "CreateInferenceScheduler": schedulers.create_inference_scheduler,
    "DescribeInferenceScheduler": scheduler_descriptions.describe_inference_scheduler,
    "ListInferenceSchedulers": scheduler_descriptions.list_inference_schedulers,
    "UpdateInferenceScheduler": schedulers.update_inference_scheduler,
    "DeleteInferenceScheduler": schedulers.delete_inference_scheduler,
    "StartInferenceScheduler": scheduler_states.start_inference_scheduler,
    "StopInferenceScheduler": scheduler_states.stop_inference_scheduler,
    "ListInferenceExecutions": executions.list_inference_executions,
    "ListInferenceEvents": events.list_inference_events,
    "TagResource": tags.tag_resource,
    "UntagResource": tags.untag_resource,
    "ListTagsForResource": tags.list_tags_for_resource,
    "StartInferenceReplay": replays.start_inference_replay,
    "DescribeInferenceReplay": replays.describe_inference_replay,
    "StopInferenceReplay": replays.stop_inference_replay,
}


def perform(call: Call, resources: Resources) -> dict[str, Any] | None:
    """Perform one call in a transaction of its own; nudges leave when it has been committed.

    Raises:
        Fault: whatever the operation refuses with; nothing is written then.
    """
    operation = OPERATIONS.get(call.operation)
    if operation is None:
        raise UnsupportedOperationException(call.operation)
    try:
        with brief_transaction(resources.database) as connection:
            unit = Unit(connection, Scope(call.account_id, call.region), resources.clock())
            answer = answer_once(operation, call, unit) if "ClientToken" in call.params else operation(call, unit)
    except Busy as error:
        raise ThrottlingException("Too many calls for the same resources at this moment; try again shortly.") from error
    except DatabaseAway as error:
        log.warning("database_away", operation=call.operation, cause=repr(error.__cause__))
        raise ServiceUnavailableException("The engine cannot reach its database; try again shortly.") from error
    for nudge in unit.nudges:
        resources.queue.send(nudge.queue, nudge.task, nudge.row_id)
    return answer
