"""extend schedulers: several of a model, thresholds, maintenance windows, shadow versions, figures of each execution"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _let_a_model_have_several_schedulers()
    for column in (_threshold(), _shadow(), sa.Column("catch_up_policy", sa.String(8)), _hours()):
        op.add_column("inference_schedulers", column)
    for column in (_threshold(), _shadow(), *_shadow_outcome(), *_figures()):
        op.add_column("inference_executions", column)
    _create_shadow_events()
    _create_maintenance_windows()


def downgrade() -> None:
    """Refused by the database while a model has several schedulers: delete all but one of each first."""
    op.drop_table("maintenance_windows")
    op.drop_table("shadow_events")
    for name in ("drift", "data_quality", "shadow_failed_reason", "shadow_result_key", "shadow_version"):
        op.drop_column("inference_executions", name)
    op.drop_column("inference_executions", "anomaly_threshold")
    for name in ("catch_up_hours", "catch_up_policy", "shadow_version", "anomaly_threshold"):
        op.drop_column("inference_schedulers", name)
    op.drop_index("ix_inference_schedulers_model_id", "inference_schedulers")
    op.create_unique_constraint("uq_inference_schedulers_model_id", "inference_schedulers", ["model_id"])


def _let_a_model_have_several_schedulers() -> None:
    op.drop_constraint("uq_inference_schedulers_model_id", "inference_schedulers", type_="unique")
    op.create_index("ix_inference_schedulers_model_id", "inference_schedulers", ["model_id"])


def _threshold() -> sa.Column:
    return sa.Column("anomaly_threshold", sa.Float(), server_default="0.5", nullable=False)


def _shadow() -> sa.Column:
    return sa.Column("shadow_version", sa.Integer())


def _hours() -> sa.Column:
    return sa.Column("catch_up_hours", sa.Float())


def _shadow_outcome() -> tuple[sa.Column, ...]:
    return sa.Column("shadow_result_key", sa.Text()), sa.Column("shadow_failed_reason", sa.Text())


def _figures() -> tuple[sa.Column, ...]:
    return sa.Column("data_quality", JSONB()), sa.Column("drift", JSONB())


def _create_shadow_events() -> None:
    op.create_table(
        "shadow_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("scheduler_id", sa.String(36), nullable=False),
        sa.Column("execution_id", sa.BigInteger(), nullable=False),
        sa.Column("start_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("diagnostics", JSONB(), nullable=False),
        sa.Column("opens_window", sa.Boolean(), nullable=False),
        sa.Column("closes_window", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_shadow_events"),
        _with("shadow_events", "scheduler_id", "inference_schedulers.id"),
        _with("shadow_events", "execution_id", "inference_executions.id"),
        sa.UniqueConstraint("execution_id", "start_time", name="uq_shadow_events_execution_id_start_time"),
    )
    op.create_index("ix_shadow_events_scheduler_id_start_time", "shadow_events", ["scheduler_id", "start_time"])


def _create_maintenance_windows() -> None:
    op.create_table(
        "maintenance_windows",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("model_id", sa.String(36), nullable=False),
        sa.Column("scheduler_id", sa.String(36)),
        sa.Column("start_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notes", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_maintenance_windows"),
        _with("maintenance_windows", "model_id", "models.id"),
        _with("maintenance_windows", "scheduler_id", "inference_schedulers.id"),
    )
    op.create_index("ix_maintenance_windows_model_id_start_time", "maintenance_windows", ["model_id", "start_time"])
    op.create_index("ix_maintenance_windows_scheduler_id", "maintenance_windows", ["scheduler_id"])


def _with(table: str, column: str, whole: str) -> sa.ForeignKeyConstraint:
    """The row goes with what it belongs to."""
    return sa.ForeignKeyConstraint([column], [whole], name=f"fk_{table}_{column}", ondelete="CASCADE")
