"""version and retrain"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MADE_FROM = (
    "labels_input_configuration",
    "data_pre_processing_configuration",
    "off_condition",
    "training_data_start_time",
    "training_data_end_time",
    "evaluation_data_start_time",
    "evaluation_data_end_time",
    "role_arn",
    "server_side_kms_key_id",
    "model_diagnostics_output_configuration",
)


def upgrade() -> None:
    op.add_column("models", sa.Column("previous_active_version", sa.Integer()))
    op.add_column("models", _instant("previous_active_version_activated_at"))
    for column in (*_made_from(), *_results()):
        op.add_column("model_versions", column)
    _copy_from_models()
    op.create_unique_constraint(
        "uq_model_versions_model_id_scheduled_for", "model_versions", ["model_id", "scheduled_for"]
    )
    _create_retraining_schedulers()


def downgrade() -> None:
    op.drop_table("retraining_schedulers")
    op.drop_constraint("uq_model_versions_model_id_scheduled_for", "model_versions")
    for column in (*_made_from(), *_results()):
        op.drop_column("model_versions", column.name)
    op.drop_column("models", "previous_active_version_activated_at")
    op.drop_column("models", "previous_active_version")


def _made_from() -> tuple[sa.Column, ...]:
    return (
        sa.Column("schema", JSONB()),
        sa.Column("labels_input_configuration", JSONB()),
        sa.Column("data_pre_processing_configuration", JSONB()),
        sa.Column("off_condition", sa.Text()),
        _instant("training_data_start_time"),
        _instant("training_data_end_time"),
        _instant("evaluation_data_start_time"),
        _instant("evaluation_data_end_time"),
        sa.Column("role_arn", sa.Text()),
        sa.Column("server_side_kms_key_id", sa.Text()),
        sa.Column("model_diagnostics_output_configuration", JSONB()),
    )


def _results() -> tuple[sa.Column, ...]:
    return (
        sa.Column("diagnostics_result", JSONB()),
        _instant("scheduled_for"),
        sa.Column("promote_mode", sa.String(8)),
        sa.Column("retraining_available_data_in_days", sa.Integer()),
        sa.Column("prior_model_metrics", sa.Text()),
        sa.Column("auto_promotion_result", sa.String(32)),
        sa.Column("auto_promotion_result_reason", sa.String(256)),
        sa.Column("source_model_version_arn", sa.Text()),
        _instant("import_started_at"),
        _instant("import_ended_at"),
        sa.Column("imported_data_size", sa.BigInteger()),
        _set_on_insert("updated_at"),
    )


def _copy_from_models() -> None:
    """A version that is there was made from what its model says: there was no way to change it.

    So is one without a schema, which an engine of the release before makes until it is replaced.
    """
    copied = ", ".join(f"{column} = models.{column}" for column in ("schema", *MADE_FROM))
    op.execute(
        f"UPDATE model_versions SET {copied}, "
        "updated_at = coalesce(training_ended_at, training_started_at, model_versions.created_at) "
        "FROM models WHERE models.id = model_versions.model_id"
    )


def _create_retraining_schedulers() -> None:
    op.create_table(
        "retraining_schedulers",
        sa.Column("model_id", sa.String(36), nullable=False),
        _instant("retraining_start_date", nullable=False),
        sa.Column("retraining_frequency", sa.String(10), nullable=False),
        sa.Column("lookback_window", sa.String(8), nullable=False),
        sa.Column("promote_mode", sa.String(8), nullable=False),
        sa.Column("wanted", sa.String(8), nullable=False),
        sa.Column("actual", sa.String(8), nullable=False),
        _instant("next_run_at", nullable=False),
        _set_on_insert("created_at"),
        _set_on_insert("updated_at"),
        sa.PrimaryKeyConstraint("model_id", name="pk_retraining_schedulers"),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name="fk_retraining_schedulers_model_id"),
        sa.CheckConstraint("wanted IN ('RUNNING', 'STOPPED')", name=op.f("ck_retraining_schedulers_wanted")),
        sa.CheckConstraint("actual IN ('RUNNING', 'STOPPED')", name=op.f("ck_retraining_schedulers_actual")),
    )
    op.create_index("ix_retraining_schedulers_next_run_at", "retraining_schedulers", ["next_run_at"])
    op.create_index(
        "ix_retraining_schedulers_unsettled",
        "retraining_schedulers",
        ["model_id"],
        postgresql_where=sa.text("wanted <> actual"),
    )


def _instant(name: str, **options) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), **options)


def _set_on_insert(name: str) -> sa.Column:
    return _instant(name, server_default=sa.text("now()"), nullable=False)
