"""Inference schedulers and what they leave behind: executions, events, replays."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from service.engine.store.tables.columns import (
    JSON,
    attempts,
    changed,
    instant,
    made,
    metadata,
    nudged,
    scheduler_key,
    scope_columns,
)

inference_schedulers = Table(
    "inference_schedulers",
    metadata,
    Column("id", String(36), primary_key=True),
    *scope_columns(),
    Column("name", String(200), nullable=False),
    Column("model_id", ForeignKey("models.id"), nullable=False),
    Column("data_upload_frequency", String(8), nullable=False),
    Column("data_delay_offset_in_minutes", Integer, nullable=False, server_default="0"),
    Column("data_input_configuration", JSON, nullable=False),
    Column("data_output_configuration", JSON, nullable=False),
    Column("role_arn", Text, nullable=False),
    Column("server_side_kms_key_id", Text),
    Column("anomaly_threshold", Float, nullable=False, server_default="0.5"),
    Column("catch_up_policy", String(8)),  # null, and the next one too: as the settings say
    Column("catch_up_hours", Float),
    Column("shadow_version", Integer),
    # The status of the wire is read off these two: wanted RUNNING while STOPPED is PENDING, and so on.
    Column("wanted", String(8), nullable=False),  # operations
    Column("actual", String(8), nullable=False),  # work
    instant("activated_at", nullable=False),  # operations: the last Create or Start
    instant("scheduled_through"),  # work: every window that ends up to here has its execution
    # The tick has nothing to do here before; operations set it back to the epoch, and NULL is a scheduler at rest.
    instant("next_wake_at", server_default=text("'epoch'")),
    Column("latest_inference_result", String(16)),  # work
    made(),
    changed(),
    UniqueConstraint("account_id", "region", "name"),
    CheckConstraint("wanted IN ('RUNNING', 'STOPPED')", name="wanted"),
    CheckConstraint("actual IN ('RUNNING', 'STOPPED')", name="actual"),
    Index(None, "next_wake_at"),
    Index(None, "model_id"),
)

inference_executions = Table(
    "inference_executions",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    scheduler_key(),
    instant("data_start_time", nullable=False),
    instant("data_end_time", nullable=False),
    instant("scheduled_start_time", nullable=False),
    # The scheduler's configuration when the window fell due: a later update leaves this run alone.
    Column("data_input_configuration", JSON, nullable=False),
    Column("data_output_configuration", JSON, nullable=False),
    Column("anomaly_threshold", Float, nullable=False, server_default="0.5"),
    Column("shadow_version", Integer),
    Column("status", String(16), nullable=False),
    Column("failed_reason", Text),
    Column("result_key", Text),
    Column("model_version", Integer),
    Column("shadow_result_key", Text),
    Column("shadow_failed_reason", Text),
    Column("data_quality", JSON),  # figures, by their names on the wire
    Column("drift", JSON),
    Column("replay_id", ForeignKey("inference_replays.id", ondelete="SET NULL")),
    attempts(),
    nudged(),
    made(),
    instant("started_at"),  # work: the attempt that ended it, or that is under way
    instant("finished_at"),
    # Two ticks cannot run one window twice.
    UniqueConstraint("scheduler_id", "data_start_time", "data_end_time", name="uq_inference_executions_window"),
    Index(None, "replay_id"),
    Index("ix_inference_executions_unfinished", "created_at", postgresql_where="status = 'IN_PROGRESS'"),
    Index(
        "ix_inference_executions_in_flight", "scheduler_id", "data_end_time", postgresql_where="status = 'IN_PROGRESS'"
    ),
)


def _parts_of_events(name: str) -> Table:
    """The parts of events that lie in one execution each.

    Parts become events when they are read: windows may be scored in any order and again, so an event has no final form.
    """
    return Table(
        name,
        metadata,
        Column("id", BigInteger, Identity(), primary_key=True),
        scheduler_key(),
        Column("execution_id", ForeignKey("inference_executions.id", ondelete="CASCADE"), nullable=False),
        instant("start_time", nullable=False),
        instant("end_time", nullable=False),
        Column("points", Integer, nullable=False),
        Column("diagnostics", JSON, nullable=False),  # [{"name", "value"}], means over the points
        Column("opens_window", Boolean, nullable=False),  # it begins with the first row of its window
        Column("closes_window", Boolean, nullable=False),  # it ends with the last row of its window
        UniqueConstraint("execution_id", "start_time"),
        Index(None, "scheduler_id", "start_time"),
    )


inference_events = _parts_of_events("inference_events")
shadow_events = _parts_of_events("shadow_events")  # found by the shadow version; nobody is told of them

inference_replays = Table(
    "inference_replays",
    metadata,
    Column("id", String(32), primary_key=True),
    scheduler_key(),
    instant("start_time", nullable=False),
    instant("end_time", nullable=False),
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
    nudged(),
    made(),
    changed(),
    Index(None, "scheduler_id", "created_at"),
)
