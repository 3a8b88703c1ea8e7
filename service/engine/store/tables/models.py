"""Models, their versions, and the schedulers that retrain them."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from service.engine.store.tables.columns import JSON, attempts, changed, instant, made, metadata, nudged, scope_columns


def _made_from(*, known: bool) -> tuple[Column, ...]:
    """What a version is made from: of a model what the next version will be, of a version what it was.

    An engine of the release before does not know it of a version: without a schema, all of it is as the model says.
    """
    return (
        Column("schema", JSON, nullable=not known),
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
    )


models = Table(
    "models",
    metadata,
    Column("id", String(36), primary_key=True),
    *scope_columns(),
    Column("name", String(200), nullable=False),
    Column("dataset_id", ForeignKey("datasets.id"), nullable=False),
    *_made_from(known=True),
    Column("status", String(32), nullable=False),  # of its first training or import; retrainings leave it alone
    Column("active_version", Integer),
    instant("active_version_activated_at"),
    Column("previous_active_version", Integer),
    instant("previous_active_version_activated_at"),
    instant("accumulated_since"),  # own executions up to then gave way to imported inference data
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
    *_made_from(known=False),
    Column("artefact_prefix", Text),  # where JSON and npz lie in the engine's bucket
    Column("model_metrics", Text),  # JSON text, as the wire wants it
    Column("model_quality", String(32)),
    Column("diagnostics_result", JSON),  # {"Bucket", "Key"} of the pointwise diagnostics
    Column("failed_reason", Text),
    instant("training_started_at"),
    instant("training_ended_at"),
    # Of a retraining alone.
    instant("scheduled_for"),  # the midnight that it fell due
    Column("promote_mode", String(8)),  # the scheduler's when it fell due
    Column("retraining_available_data_in_days", Integer),
    Column("prior_model_metrics", Text),
    Column("auto_promotion_result", String(32)),
    Column("auto_promotion_result_reason", String(256)),
    # Of an import alone.
    Column("source_model_version_arn", Text),
    instant("import_started_at"),
    instant("import_ended_at"),
    Column("imported_data_size", BigInteger),
    attempts(),
    nudged(),
    made(),
    changed(),
    # Two ticks, or a tick that was killed, cannot retrain twice for one date.
    UniqueConstraint("model_id", "scheduled_for"),
    Index("ix_model_versions_unfinished", "created_at", postgresql_where="status = 'IN_PROGRESS'"),
)

retraining_schedulers = Table(
    "retraining_schedulers",
    metadata,
    Column("model_id", ForeignKey("models.id"), primary_key=True),
    instant("retraining_start_date", nullable=False),  # a midnight in UTC
    Column("retraining_frequency", String(10), nullable=False),
    Column("lookback_window", String(8), nullable=False),
    Column("promote_mode", String(8), nullable=False),
    # The status of the wire is read off these two, as that of an inference scheduler is.
    Column("wanted", String(8), nullable=False),  # operations
    Column("actual", String(8), nullable=False),  # work
    instant("next_run_at", nullable=False),  # the next date of the grid; operations set it, work moves it on
    made(),
    changed(),
    CheckConstraint("wanted IN ('RUNNING', 'STOPPED')", name="wanted"),
    CheckConstraint("actual IN ('RUNNING', 'STOPPED')", name="actual"),
    Index(None, "next_run_at"),
    Index("ix_retraining_schedulers_unsettled", "model_id", postgresql_where="wanted <> actual"),
)
