"""create uploads"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("sequence", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("inference_scheduler_name", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("staging_key", sa.Text, nullable=False),
        sa.Column("staged_files", JSONB, nullable=False),
        sa.Column("plan", JSONB, nullable=False),
        sa.Column("files_total", sa.Integer),
        sa.Column("files_written", sa.Integer, server_default="0", nullable=False),
        sa.Column("rows_read", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("files", JSONB, server_default="[]", nullable=False),
        sa.Column("problem", JSONB),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_uploads"),
        sa.UniqueConstraint("sequence", name="uq_uploads_sequence"),
    )
    op.create_index("ix_uploads_scheduler_sequence", "uploads", ["inference_scheduler_name", "sequence"])
    op.create_index(
        "ix_uploads_unfinished",
        "uploads",
        ["sequence"],
        postgresql_where=sa.text("status IN ('queued', 'running')"),
    )


def downgrade() -> None:
    op.drop_table("uploads")
