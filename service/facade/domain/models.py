"""A trained model, as far as callers of the facade need it: its state, and what its input has to look like."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ModelSummary:
    model_name: str
    model_arn: str
    status: str
    dataset_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class Component:
    """`timestamp_column` and `sensors` are the columns of its input files, in this order."""

    component_name: str
    timestamp_column: str
    sensors: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Model(ModelSummary):
    """`target_sampling_rate` is an ISO 8601 duration, or None when rows are taken as they come."""

    target_sampling_rate: str | None = None
    components: tuple[Component, ...] = ()
