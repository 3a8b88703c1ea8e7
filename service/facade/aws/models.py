"""Models of the upstream, with the schema of their input."""

import json
from dataclasses import dataclass
from typing import Any

from service.facade.aws.clients import Upstream
from service.facade.aws.faults import upstream_faults
from service.facade.aws.shapes import camel_keys
from service.facade.domain.models import Component, Model, ModelSummary
from service.facade.domain.pages import Page
from service.facade.problems import ModelNotFound


@dataclass(frozen=True)
class ModelGateway:
    """Every method raises a Problem when the upstream refuses or cannot be reached."""

    upstream: Upstream

    def describe(self, name: str) -> Model:
        with upstream_faults(ResourceNotFoundException=ModelNotFound):
            answer = self.upstream.reads.describe_model(ModelName=name)
        return Model(
            model_name=answer["ModelName"],
            model_arn=answer["ModelArn"],
            status=answer["Status"],
            dataset_name=answer.get("DatasetName"),
            target_sampling_rate=answer.get("DataPreProcessingConfiguration", {}).get("TargetSamplingRate"),
            components=_components(answer.get("Schema")),
        )

    def page(self, name_prefix: str | None, status: str | None, limit: int, token: str | None) -> Page[ModelSummary]:
        parameters = {
            "model_name_begins_with": name_prefix,
            "status": status,
            "max_results": limit,
            "next_token": token,
        }
        with upstream_faults():
            answer = self.upstream.reads.list_models(**camel_keys(parameters))
        return Page([_summary(item) for item in answer.get("ModelSummaries", [])], answer.get("NextToken"))


def _summary(answer: dict[str, Any]) -> ModelSummary:
    return ModelSummary(
        model_name=answer["ModelName"],
        model_arn=answer["ModelArn"],
        status=answer["Status"],
        dataset_name=answer.get("DatasetName"),
    )


def _components(schema: str | None) -> tuple[Component, ...]:
    """The upstream sends the schema as JSON text: the first DATETIME column is the time, the others are sensors."""
    described = json.loads(schema)["Components"] if schema else []
    return tuple(_component(entry["ComponentName"], entry["Columns"]) for entry in described)


def _component(name: str, columns: list[dict[str, str]]) -> Component:
    times = [column["Name"] for column in columns if column["Type"] == "DATETIME"]
    sensors = tuple(column["Name"] for column in columns if column["Type"] != "DATETIME")
    return Component(component_name=name, timestamp_column=times[0] if times else "Timestamp", sensors=sensors)
