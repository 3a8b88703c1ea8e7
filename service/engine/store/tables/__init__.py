"""The engine's tables.

Two writers share them without stepping on each other: *operations* (the API) write what is wanted, *work* (tick and
tasks) writes what is. A column belongs to one of the two; the comments say which where it is not plain.

Every resource lives in a scope, the account and the region of the request that made it.
"""

from service.engine.store.tables.columns import metadata
from service.engine.store.tables.datasets import datasets, ingestion_jobs
from service.engine.store.tables.inference import (
    inference_events,
    inference_executions,
    inference_replays,
    inference_schedulers,
    shadow_events,
)
from service.engine.store.tables.labels import label_groups, labels
from service.engine.store.tables.maintenance import maintenance_windows
from service.engine.store.tables.models import model_versions, models, retraining_schedulers
from service.engine.store.tables.requests import client_tokens, tags
from service.engine.store.tables.sharing import imported_inputs, imports, model_exports, resource_policies
from service.engine.store.tables.statistics import sensor_statistics
from service.engine.store.tables.training import training_pieces

__all__ = [
    "client_tokens",
    "datasets",
    "imported_inputs",
    "imports",
    "inference_events",
    "inference_executions",
    "inference_replays",
    "inference_schedulers",
    "ingestion_jobs",
    "label_groups",
    "labels",
    "maintenance_windows",
    "metadata",
    "model_exports",
    "model_versions",
    "models",
    "resource_policies",
    "retraining_schedulers",
    "sensor_statistics",
    "shadow_events",
    "tags",
    "training_pieces",
]
