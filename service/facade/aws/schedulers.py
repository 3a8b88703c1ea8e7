"""The scheduler operations of the protocol, as functions over domain dataclasses."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from service.facade.aws.clients import Upstream
from service.facade.aws.faults import upstream_faults, was_repeated
from service.facade.aws.shapes import camel_keys, snake_keys
from service.facade.aws.teams import TAG
from service.facade.domain.executions import ExecutionFilter, InferenceExecution
from service.facade.domain.pages import Page
from service.facade.domain.schedulers import (
    DataInputConfiguration,
    DataOutputConfiguration,
    InferenceInputNameConfiguration,
    InferenceScheduler,
    S3Location,
    SchedulerFilter,
    SchedulerSummary,
)
from service.facade.problems import ModelNotFound, SchedulerNotFound, WrongState

_ONE = {"ResourceNotFoundException": SchedulerNotFound}
_CHANGE = {**_ONE, "ConflictException": WrongState}


@dataclass(frozen=True)
class SchedulerGateway:
    """Every method raises a Problem when the upstream refuses or cannot be reached."""

    upstream: Upstream

    def create(self, team: str, fields: dict[str, Any], client_token: str) -> str:
        """Create and start a scheduler of a team from snake_case fields; the status the upstream answers.

        The same `client_token` with the same fields creates nothing twice.
        """
        with upstream_faults(ResourceNotFoundException=ModelNotFound):
            answer = self.upstream.changes.create_inference_scheduler(
                ClientToken=client_token, Tags=[{"Key": TAG, "Value": team}], **camel_keys(fields)
            )
        return answer["Status"]

    def describe(self, name: str) -> InferenceScheduler:
        with upstream_faults(**_ONE):
            answer = self.upstream.reads.describe_inference_scheduler(InferenceSchedulerName=name)
        return _scheduler(snake_keys(answer))

    def update(self, name: str, fields: dict[str, Any]) -> None:
        """Fields that are left out stay; a structure that is given replaces the whole old one."""
        with upstream_faults(**_CHANGE):
            self.upstream.changes.update_inference_scheduler(InferenceSchedulerName=name, **camel_keys(fields))

    def delete(self, name: str) -> None:
        try:
            with upstream_faults(**_CHANGE):
                self.upstream.changes.delete_inference_scheduler(InferenceSchedulerName=name)
        except SchedulerNotFound as refusal:
            if not was_repeated(refusal):
                raise

    def start(self, name: str) -> str:
        return self._move(self.upstream.changes.start_inference_scheduler, name, "PENDING")

    def stop(self, name: str) -> str:
        return self._move(self.upstream.changes.stop_inference_scheduler, name, "STOPPING")

    def _move(self, call: Callable[..., dict[str, Any]], name: str, on_the_way: str) -> str:
        """Start or stop; the status that the upstream answers. botocore repeats a call whose answer got lost, and the
        repetition is refused because the first one did it."""
        try:
            with upstream_faults(**_CHANGE):
                return call(InferenceSchedulerName=name)["Status"]
        except WrongState as refusal:
            if was_repeated(refusal) and self.describe(name).status == on_the_way:
                return on_the_way
            raise

    def page(self, wanted: SchedulerFilter, limit: int, token: str | None) -> Page[SchedulerSummary]:
        parameters = {
            "inference_scheduler_name_begins_with": wanted.name_prefix,
            "model_name": wanted.model_name,
            "status": wanted.status,
            "max_results": limit,
            "next_token": token,
        }
        with upstream_faults():
            answer = self.upstream.reads.list_inference_schedulers(**camel_keys(parameters))
        items = [_summary(snake_keys(item)) for item in answer.get("InferenceSchedulerSummaries", [])]
        return Page(items, answer.get("NextToken"))

    def executions(self, name: str, wanted: ExecutionFilter, limit: int, token: str | None) -> Page[InferenceExecution]:
        """Newest first. The upstream answers an empty page for a scheduler it does not know."""
        parameters = {
            "inference_scheduler_name": name,
            "status": wanted.status,
            "data_start_time_after": wanted.data_start_time_after,
            "data_end_time_before": wanted.data_end_time_before,
            "max_results": limit,
            "next_token": token,
        }
        with upstream_faults(**_ONE):
            answer = self.upstream.reads.list_inference_executions(**camel_keys(parameters))
        items = [_execution(snake_keys(item)) for item in answer.get("InferenceExecutionSummaries", [])]
        return Page(items, answer.get("NextToken"))

    def ping(self) -> None:
        """One cheap signed call."""
        self.page(SchedulerFilter(), 1, None)


def _known(kind: type, answer: dict[str, Any]) -> dict[str, Any]:
    """The members of an answer that `kind` has; upstreams may add others."""
    return {name: answer[name] for name in kind.__dataclass_fields__ if name in answer}


def _scheduler(answer: dict[str, Any]) -> InferenceScheduler:
    source, target = answer["data_input_configuration"], answer["data_output_configuration"]
    naming = source.get("inference_input_name_configuration", {})
    answer = answer | {
        "data_input_configuration": DataInputConfiguration(
            **source
            | {
                "s3_input_configuration": S3Location(**source["s3_input_configuration"]),
                "inference_input_name_configuration": InferenceInputNameConfiguration(**naming),
            }
        ),
        "data_output_configuration": DataOutputConfiguration(
            **target | {"s3_output_configuration": S3Location(**target["s3_output_configuration"])}
        ),
    }
    answer.setdefault("data_delay_offset_in_minutes", 0)
    return InferenceScheduler(**_known(InferenceScheduler, answer))


def _summary(answer: dict[str, Any]) -> SchedulerSummary:
    answer.setdefault("data_delay_offset_in_minutes", 0)
    return SchedulerSummary(**_known(SchedulerSummary, answer))


def _execution(answer: dict[str, Any]) -> InferenceExecution:
    result = answer.get("customer_result_object")
    answer["customer_result_object"] = result and (result["bucket"], result["key"])
    return InferenceExecution(**_known(InferenceExecution, answer))
