"""create the feed of notifications"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notifications",
        sa.Column("sequence", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("incident", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("inference_scheduler_name", sa.Text),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", postgresql.JSONB, nullable=False),
        sa.Column("muted_by", sa.Text),
        sa.PrimaryKeyConstraint("sequence", name="pk_notifications"),
        sa.UniqueConstraint("id", name="uq_notifications_id"),
        sa.UniqueConstraint("incident", name="uq_notifications_incident"),
    )
    op.create_index("ix_notifications_team", "notifications", ["team", "sequence"])
    op.create_index("ix_notifications_recorded_at", "notifications", ["recorded_at"])


def downgrade() -> None:
    op.drop_table("notifications")
