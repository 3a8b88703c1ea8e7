"""share and import"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "resource_policies",
        sa.Column("resource_arn", sa.String(1011), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("revision_id", sa.String(32), nullable=False),
        _set_on_insert("created_at"),
        _set_on_insert("updated_at"),
        sa.PrimaryKeyConstraint("resource_arn", name="pk_resource_policies"),
    )
    _create_imports()
    _create_model_exports()
    _create_imported_inputs()
    op.add_column("ingestion_jobs", sa.Column("source_dataset_arn", sa.Text()))
    op.alter_column("ingestion_jobs", "input_configuration", nullable=True)
    op.alter_column("ingestion_jobs", "role_arn", nullable=True)
    op.add_column("models", _instant("accumulated_since"))


def downgrade() -> None:
    """Imported datasets keep their content and lose the jobs that brought it."""
    op.drop_column("models", "accumulated_since")
    op.execute("DELETE FROM ingestion_jobs WHERE input_configuration IS NULL")
    op.alter_column("ingestion_jobs", "role_arn", nullable=False)
    op.alter_column("ingestion_jobs", "input_configuration", nullable=False)
    op.drop_column("ingestion_jobs", "source_dataset_arn")
    op.drop_table("imported_inputs")
    op.drop_table("model_exports")
    op.drop_table("imports")
    op.drop_table("resource_policies")


def _create_imports() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("dataset_id", sa.String(36)),
        sa.Column("schema", JSONB()),
        sa.Column("model_id", sa.String(36)),
        sa.Column("version", sa.Integer()),
        sa.Column("source_prefix", sa.Text()),
        sa.Column("source_object", JSONB()),
        sa.Column("source_model_id", sa.String(36)),
        sa.Column("inference_data_import_strategy", sa.String(16)),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        _instant("nudged_at"),
        _set_on_insert("created_at"),
        _instant("finished_at"),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_imports_dataset_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["model_id", "version"],
            ["model_versions.model_id", "model_versions.version"],
            name="fk_imports_model_id",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("(dataset_id IS NULL) <> (model_id IS NULL)", name=op.f("ck_imports_one_target")),
    )
    op.create_index(
        "ix_imports_source_prefix", "imports", ["source_prefix"], postgresql_where=sa.text("status = 'IN_PROGRESS'")
    )


def _create_model_exports() -> None:
    op.create_table(
        "model_exports",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("model_id", sa.String(36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("output_configuration", JSONB(), nullable=False),
        sa.Column("role_arn", sa.Text(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("failed_reason", sa.Text()),
        sa.Column("key", sa.Text()),
        sa.Column("size", sa.BigInteger()),
        sa.Column("sha256", sa.String(64)),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        _instant("nudged_at"),
        _set_on_insert("created_at"),
        _instant("finished_at"),
        sa.PrimaryKeyConstraint("id", name="pk_model_exports"),
        sa.ForeignKeyConstraint(
            ["model_id", "version"],
            ["model_versions.model_id", "model_versions.version"],
            name="fk_model_exports_model_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "ix_model_exports_unfinished",
        "model_exports",
        ["created_at"],
        postgresql_where=sa.text("status = 'IN_PROGRESS'"),
    )


def _create_imported_inputs() -> None:
    op.create_table(
        "imported_inputs",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("model_id", sa.String(36), nullable=False),
        _instant("data_start_time", nullable=False),
        _instant("data_end_time", nullable=False),
        sa.Column("data_input_configuration", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_imported_inputs"),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name="fk_imported_inputs_model_id", ondelete="CASCADE"),
    )
    op.create_index("ix_imported_inputs_model_id_data_start_time", "imported_inputs", ["model_id", "data_start_time"])


def _instant(name: str, **options: bool) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), **options)


def _set_on_insert(name: str) -> sa.Column:
    return _instant(name, server_default=sa.text("now()"), nullable=False)
