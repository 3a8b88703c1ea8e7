"""The engine's tables.

Two writers share them without stepping on each other: *operations* (the API) write what is wanted, *work* (tick and
tasks) writes what is. A column belongs to one of the two; the comments say which where it is not plain.

Every resource lives in a scope, the account and the region of the request that made it.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

_JSON = JSONB(none_as_null=True)  # None is stored as NULL, not as a JSON null


def _instant(name: str, **options) -> Column:
    return Column(name, DateTime(timezone=True), **options)


def _made() -> Column:
    return _instant("created_at", nullable=False, server_default=func.now())


def _changed() -> Column:
    return _instant("updated_at", nullable=False, server_default=func.now())


def _nudged() -> Column:
    return _instant("nudged_at")  # work: the last time a message was sent for it


def _attempts() -> Column:
    return Column("attempts", Integer, nullable=False, server_default="0")  # work: those that have not come back


def _scope() -> tuple[Column, Column]:
    return Column("account_id", String(12), nullable=False), Column("region", String(64), nullable=False)


def _scheduler() -> Column:
    return Column("scheduler_id", ForeignKey("inference_schedulers.id", ondelete="CASCADE"), nullable=False)


datasets = Table(
    "datasets",
    metadata,
    Column("id", String(36), primary_key=True),  # UUID, the tail of the ARN
    *_scope(),
    Column("name", String(200), nullable=False),
    Column("schema", _JSON),  # {"Components": [...]}; null until an ingestion finds it
    Column("status", String(32), nullable=False),
    Column("server_side_kms_key_id", Text),
    Column("current_job_id", String(32)),  # work: the ingestion whose copy is the dataset's content
    _made(),
    _changed(),
    UniqueConstraint("account_id", "region", "name"),
)

ingestion_jobs = Table(
    "ingestion_jobs",
    metadata,
    Column("id", String(32), primary_key=True),  # 32 hex, the JobId
    Column("dataset_id", ForeignKey("datasets.id", ondelete="CASCADE"), nullable=False),
    Column("input_configuration", _JSON, nullable=False),
    Column("role_arn", Text, nullable=False),
    Column("status", String(32), nullable=False),
    Column("status_detail", Text),
    Column("failed_reason", Text),
    Column("data_quality_summary", _JSON),
    Column("ingested_files_summary", _JSON),
    Column("ingested_data_size", BigInteger),
    Column("copy_prefix", Text),  # where the service copy lies in the engine's bucket
    _instant("data_start_time"),
    _instant("data_end_time"),
    _attempts(),
    _nudged(),
    _made(),
    _instant("finished_at"),
    Index(None, "dataset_id", "created_at"),
)

models = Table(
    "models",
    metadata,
    Column("id", String(36), primary_key=True),
    *_scope(),
    Column("name", String(200), nullable=False),
    Column("dataset_id", ForeignKey("datasets.id"), nullable=False),
    Column("schema", _JSON, nullable=False),
    Column("labels_input_configuration", _JSON),
    Column("data_pre_processing_configuration", _JSON),
    Column("off_condition", Text),
    _instant("training_data_start_time"),
    _instant("training_data_end_time"),
    _instant("evaluation_data_start_time"),
    _instant("evaluation_data_end_time"),
    Column("role_arn", Text),
    Column("server_side_kms_key_id", Text),
    Column("model_diagnostics_output_configuration", _JSON),
    Column("status", String(32), nullable=False),
    Column("active_version", Integer),
    _instant("active_version_activated_at"),
    _made(),
    _changed(),
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
    _instant("training_started_at"),
    _instant("training_ended_at"),
    _attempts(),
    _nudged(),
    _made(),
)

inference_schedulers = Table(
    "inference_schedulers",
    metadata,
    Column("id", String(36), primary_key=True),
    *_scope(),
    Column("name", String(200), nullable=False),
    Column("model_id", ForeignKey("models.id"), nullable=False),
    Column("data_upload_frequency", String(8), nullable=False),
    Column("data_delay_offset_in_minutes", Integer, nullable=False, server_default="0"),
    Column("data_input_configuration", _JSON, nullable=False),
    Column("data_output_configuration", _JSON, nullable=False),
    Column("role_arn", Text, nullable=False),
    Column("server_side_kms_key_id", Text),
    # The status of the wire is read off these two: wanted RUNNING while STOPPED is PENDING, and so on.
    Column("wanted", String(8), nullable=False),  # operations
    Column("actual", String(8), nullable=False),  # work
    _instant("activated_at", nullable=False),  # operations: the last Create or Start
    _instant("scheduled_through"),  # work: every window that ends up to here has its execution
    Column("latest_inference_result", String(16)),  # work
    _made(),
    _changed(),
    UniqueConstraint("account_id", "region", "name"),
    # One scheduler per model, a quota of the service that cannot be raised.
    UniqueConstraint("model_id"),
    CheckConstraint("wanted IN ('RUNNING', 'STOPPED')", name="wanted"),
    CheckConstraint("actual IN ('RUNNING', 'STOPPED')", name="actual"),
)

inference_executions = Table(
    "inference_executions",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _scheduler(),
    _instant("data_start_time", nullable=False),
    _instant("data_end_time", nullable=False),
    _instant("scheduled_start_time", nullable=False),
    # The scheduler's configuration when the window fell due: a later update leaves this run alone.
    Column("data_input_configuration", _JSON, nullable=False),
    Column("data_output_configuration", _JSON, nullable=False),
    Column("status", String(16), nullable=False),
    Column("failed_reason", Text),
    Column("result_key", Text),
    Column("model_version", Integer),
    Column("replay_id", ForeignKey("inference_replays.id", ondelete="SET NULL")),
    _attempts(),
    _nudged(),
    _made(),
    _instant("finished_at"),
    # Two ticks cannot run one window twice.
    UniqueConstraint("scheduler_id", "data_start_time", "data_end_time", name="uq_inference_executions_window"),
    Index(None, "replay_id"),
    Index("ix_inference_executions_unfinished", "created_at", postgresql_where="status = 'IN_PROGRESS'"),
)

# The part of an event that lies in one execution. Parts become events when they are read: windows may be scored in
# any order and again, so an event has no final form.
inference_events = Table(
    "inference_events",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _scheduler(),
    Column("execution_id", ForeignKey("inference_executions.id", ondelete="CASCADE"), nullable=False),
    _instant("start_time", nullable=False),
    _instant("end_time", nullable=False),
    Column("points", Integer, nullable=False),
    Column("diagnostics", _JSON, nullable=False),  # [{"name", "value"}], means over the points
    Column("opens_window", Boolean, nullable=False),  # it begins with the first row of its window
    Column("closes_window", Boolean, nullable=False),  # it ends with the last row of its window
    UniqueConstraint("execution_id", "start_time"),
    Index(None, "scheduler_id", "start_time"),
)

inference_replays = Table(
    "inference_replays",
    metadata,
    Column("id", String(32), primary_key=True),
    _scheduler(),
    _instant("start_time", nullable=False),
    _instant("end_time", nullable=False),
    Column("existing_results", String(16), nullable=False),
    # The scheduler's grid when the replay was asked for: a later update leaves its windows alone.
    Column("data_upload_frequency", String(8), nullable=False),
    Column("data_delay_offset_in_minutes", Integer, nullable=False),
    Column("stop_wanted_at", DateTime(timezone=True)),  # operations
    Column("status", String(16), nullable=False),  # work
    Column("total_windows", Integer, nullable=False, server_default="0"),
    Column("succeeded_windows", Integer, nullable=False, server_default="0"),
    Column("failed_windows", Integer, nullable=False, server_default="0"),
    Column("skipped_windows", Integer, nullable=False, server_default="0"),
    Column("done_through", DateTime(timezone=True)),  # work: where a restarted replay goes on
    Column("failed_reason", Text),
    _nudged(),
    _made(),
    _changed(),
    Index(None, "scheduler_id", "created_at"),
)

tags = Table(
    "tags",
    metadata,
    Column("resource_arn", String(1011), primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("value", String(256), nullable=False),
)

client_tokens = Table(
    "client_tokens",
    metadata,
    Column("account_id", String(12), primary_key=True),
    Column("region", String(64), primary_key=True),
    Column("operation", String(64), primary_key=True),
    Column("token", String(256), primary_key=True),
    Column("request_digest", String(64), nullable=False),
    Column("answer", _JSON, nullable=False),
    _made(),
)
