"""Maintenance windows of models and schedulers."""

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text

from service.engine.store.tables.columns import instant, made, metadata

maintenance_windows = Table(
    "maintenance_windows",
    metadata,
    Column("id", String(32), primary_key=True),  # 32 hex
    Column("model_id", ForeignKey("models.id", ondelete="CASCADE"), nullable=False),
    Column("scheduler_id", ForeignKey("inference_schedulers.id", ondelete="CASCADE")),  # null: all of the model
    instant("start_time", nullable=False),
    instant("end_time", nullable=False),
    Column("notes", Text),
    made(),
    Index(None, "model_id", "start_time"),
    Index(None, "scheduler_id"),
)
