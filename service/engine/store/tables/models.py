"""Models and their versions."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from service.engine.store.tables.columns import JSON, attempts, changed, instant, made, metadata, nudged, scope_columns

models = Table(
    "models",
    metadata,
    Column("id", String(36), primary_key=True),
    *scope_columns(),
    Column("name", String(200), nullable=False),
    Column("dataset_id", ForeignKey("datasets.id"), nullable=False),
    Column("schema", JSON, nullable=False),
    Column("labels_input_configuration", JSON),
    Column("data_pre_processing_configuration", JSON),
    Column("off_condition", Text),
    instant("training_data_start_time"),
    instant("training_data_end_time"),
    instant("evaluation_data_start_time"),
    instant("evaluation_data_end_time"),
    Column("role_arn", Text),
    Column("server_side_kms_key_id", Text),
    Column("model_diagnostics_output_configuration", JSON),
    Column("status", String(32), nullable=False),
    Column("active_version", Integer),
    instant("active_version_activated_at"),
    made(),
    changed(),
    UniqueConstraint("account_id", "region", "name"),
    Index(None, "dataset_id"),
)

model_versions = Table(
    "model_versions",
    metadata,
    Column("model_id", ForeignKey("models.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("status", String(32), nullable=False),
    Column("source_type", String(16), nullable=False),
    Column("ingestion_job_id", String(32)),  # the copy of the data it is trained on
    Column("artefact_prefix", Text),  # where JSON and npz lie in the engine's bucket
    Column("model_metrics", Text),  # JSON text, as the wire wants it
    Column("model_quality", String(32)),
    Column("failed_reason", Text),
    instant("training_started_at"),
    instant("training_ended_at"),
    attempts(),
    nudged(),
    made(),
)
