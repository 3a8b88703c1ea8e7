"""create the tables"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_datasets()
    _create_ingestion_jobs()
    _create_models()
    _create_model_versions()
    _create_inference_schedulers()
    _create_inference_replays()
    _create_inference_executions()
    _create_inference_events()
    _create_tags()
    _create_client_tokens()


def downgrade() -> None:
    op.drop_table("client_tokens")
    op.drop_table("tags")
    op.drop_table("inference_events")
    op.drop_table("inference_executions")
    op.drop_table("inference_replays")
    op.drop_table("inference_schedulers")
    op.drop_table("model_versions")
    op.drop_table("models")
    op.drop_table("ingestion_jobs")
    op.drop_table("datasets")


def _create_datasets() -> None:
    op.create_table(
        "datasets",
        sa.Column("id", sa.String(36), nullable=False),
        *_scope(),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("schema", JSONB()),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("server_side_kms_key_id", sa.Text()),
        sa.Column("current_job_id", sa.String(32)),
        _set_on_insert("created_at"),
        _set_on_insert("updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_datasets"),
        sa.UniqueConstraint("account_id", "region", "name", name="uq_datasets_account_id_region_name"),
    )


def _create_ingestion_jobs() -> None:
    op.create_table(
        "ingestion_jobs",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("dataset_id", sa.String(36), nullable=False),
        sa.Column("input_configuration", JSONB(), nullable=False),
        sa.Column("role_arn", sa.Text(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("status_detail", sa.Text()),
        sa.Column("failed_reason", sa.Text()),
        sa.Column("data_quality_summary", JSONB()),
        sa.Column("ingested_files_summary", JSONB()),
        sa.Column("ingested_data_size", sa.BigInteger()),
        sa.Column("copy_prefix", sa.Text()),
        _instant("data_start_time"),
        _instant("data_end_time"),
        _attempts(),
        _instant("nudged_at"),
        _set_on_insert("created_at"),
        _instant("finished_at"),
        sa.PrimaryKeyConstraint("id", name="pk_ingestion_jobs"),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["datasets.id"], name="fk_ingestion_jobs_dataset_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_ingestion_jobs_dataset_id_created_at", "ingestion_jobs", ["dataset_id", "created_at"])


def _create_models() -> None:
    op.create_table(
        "models",
        sa.Column("id", sa.String(36), nullable=False),
        *_scope(),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("dataset_id", sa.String(36), nullable=False),
        sa.Column("schema", JSONB(), nullable=False),
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
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("active_version", sa.Integer()),
        _instant("active_version_activated_at"),
        _set_on_insert("created_at"),
        _set_on_insert("updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_models"),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_models_dataset_id"),
        sa.UniqueConstraint("account_id", "region", "name", name="uq_models_account_id_region_name"),
    )
    op.create_index("ix_models_dataset_id", "models", ["dataset_id"])


def _create_model_versions() -> None:
    op.create_table(
        "model_versions",
        sa.Column("model_id", sa.String(36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("source_type", sa.String(16), nullable=False),
        sa.Column("ingestion_job_id", sa.String(32)),
        sa.Column("artefact_prefix", sa.Text()),
        sa.Column("model_metrics", sa.Text()),
        sa.Column("model_quality", sa.String(32)),
        sa.Column("failed_reason", sa.Text()),
        _instant("training_started_at"),
        _instant("training_ended_at"),
        _attempts(),
        _instant("nudged_at"),
        _set_on_insert("created_at"),
        sa.PrimaryKeyConstraint("model_id", "version", name="pk_model_versions"),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name="fk_model_versions_model_id", ondelete="CASCADE"),
    )


def _create_inference_schedulers() -> None:
    op.create_table(
        "inference_schedulers",
        sa.Column("id", sa.String(36), nullable=False),
        *_scope(),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("model_id", sa.String(36), nullable=False),
        sa.Column("data_upload_frequency", sa.String(8), nullable=False),
        sa.Column("data_delay_offset_in_minutes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("data_input_configuration", JSONB(), nullable=False),
        sa.Column("data_output_configuration", JSONB(), nullable=False),
        sa.Column("role_arn", sa.Text(), nullable=False),
        sa.Column("server_side_kms_key_id", sa.Text()),
        sa.Column("wanted", sa.String(8), nullable=False),
        sa.Column("actual", sa.String(8), nullable=False),
        _instant("activated_at", nullable=False),
        _instant("scheduled_through"),
        sa.Column("latest_inference_result", sa.String(16)),
        _set_on_insert("created_at"),
        _set_on_insert("updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_inference_schedulers"),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name="fk_inference_schedulers_model_id"),
        sa.UniqueConstraint("account_id", "region", "name", name="uq_inference_schedulers_account_id_region_name"),
        sa.UniqueConstraint("model_id", name="uq_inference_schedulers_model_id"),
        sa.CheckConstraint("wanted IN ('RUNNING', 'STOPPED')", name=op.f("ck_inference_schedulers_wanted")),
        sa.CheckConstraint("actual IN ('RUNNING', 'STOPPED')", name=op.f("ck_inference_schedulers_actual")),
    )


def _create_inference_replays() -> None:
    op.create_table(
        "inference_replays",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("scheduler_id", sa.String(36), nullable=False),
        _instant("start_time", nullable=False),
        _instant("end_time", nullable=False),
        sa.Column("existing_results", sa.String(16), nullable=False),
        sa.Column("data_upload_frequency", sa.String(8), nullable=False),
        sa.Column("data_delay_offset_in_minutes", sa.Integer(), nullable=False),
        _instant("stop_wanted_at"),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("total_windows", sa.Integer(), server_default="0", nullable=False),
        sa.Column("succeeded_windows", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failed_windows", sa.Integer(), server_default="0", nullable=False),
        sa.Column("skipped_windows", sa.Integer(), server_default="0", nullable=False),
        _instant("done_through"),
        sa.Column("failed_reason", sa.Text()),
        _instant("nudged_at"),
        _set_on_insert("created_at"),
        _set_on_insert("updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_inference_replays"),
        _to_scheduler("inference_replays"),
    )
    op.create_index("ix_inference_replays_scheduler_id_created_at", "inference_replays", ["scheduler_id", "created_at"])


def _create_inference_executions() -> None:
    op.create_table(
        "inference_executions",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("scheduler_id", sa.String(36), nullable=False),
        _instant("data_start_time", nullable=False),
        _instant("data_end_time", nullable=False),
        _instant("scheduled_start_time", nullable=False),
        sa.Column("data_input_configuration", JSONB(), nullable=False),
        sa.Column("data_output_configuration", JSONB(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("failed_reason", sa.Text()),
        sa.Column("result_key", sa.Text()),
        sa.Column("model_version", sa.Integer()),
        sa.Column("replay_id", sa.String(32)),
        _attempts(),
        _instant("nudged_at"),
        _set_on_insert("created_at"),
        _instant("finished_at"),
        sa.PrimaryKeyConstraint("id", name="pk_inference_executions"),
        _to_scheduler("inference_executions"),
        sa.ForeignKeyConstraint(
            ["replay_id"], ["inference_replays.id"], name="fk_inference_executions_replay_id", ondelete="SET NULL"
        ),
        sa.UniqueConstraint("scheduler_id", "data_start_time", "data_end_time", name="uq_inference_executions_window"),
    )
    op.create_index("ix_inference_executions_replay_id", "inference_executions", ["replay_id"])
    unfinished = sa.text("status = 'IN_PROGRESS'")
    op.create_index(
        "ix_inference_executions_unfinished", "inference_executions", ["created_at"], postgresql_where=unfinished
    )


def _create_inference_events() -> None:
    op.create_table(
        "inference_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("scheduler_id", sa.String(36), nullable=False),
        sa.Column("execution_id", sa.BigInteger(), nullable=False),
        _instant("start_time", nullable=False),
        _instant("end_time", nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("diagnostics", JSONB(), nullable=False),
        sa.Column("opens_window", sa.Boolean(), nullable=False),
        sa.Column("closes_window", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_inference_events"),
        _to_scheduler("inference_events"),
        sa.ForeignKeyConstraint(
            ["execution_id"], ["inference_executions.id"], name="fk_inference_events_execution_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("execution_id", "start_time", name="uq_inference_events_execution_id_start_time"),
    )
    op.create_index("ix_inference_events_scheduler_id_start_time", "inference_events", ["scheduler_id", "start_time"])


def _create_tags() -> None:
    op.create_table(
        "tags",
        sa.Column("resource_arn", sa.String(1011), nullable=False),
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("value", sa.String(256), nullable=False),
        sa.PrimaryKeyConstraint("resource_arn", "key", name="pk_tags"),
    )


def _create_client_tokens() -> None:
    op.create_table(
        "client_tokens",
        *_scope(),
        sa.Column("operation", sa.String(64), nullable=False),
        sa.Column("token", sa.String(256), nullable=False),
        sa.Column("request_digest", sa.String(64), nullable=False),
        sa.Column("answer", JSONB(), nullable=False),
        _set_on_insert("created_at"),
        sa.PrimaryKeyConstraint("account_id", "region", "operation", "token", name="pk_client_tokens"),
    )


def _scope() -> tuple[sa.Column, sa.Column]:
    return sa.Column("account_id", sa.String(12), nullable=False), sa.Column("region", sa.String(64), nullable=False)


def _instant(name: str, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _attempts() -> sa.Column:
    return sa.Column("attempts", sa.Integer(), server_default="0", nullable=False)


def _set_on_insert(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)


def _to_scheduler(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_scheduler_id"
    return sa.ForeignKeyConstraint(["scheduler_id"], ["inference_schedulers.id"], name=name, ondelete="CASCADE")
