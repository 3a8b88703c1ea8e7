"""keep labels"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "label_groups",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("region", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("fault_codes", JSONB(), nullable=False),
        _set_on_insert("created_at"),
        _set_on_insert("updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_label_groups"),
        sa.UniqueConstraint("account_id", "region", "name", name="uq_label_groups_account_id_region_name"),
    )
    op.create_table(
        "labels",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("label_group_id", sa.String(36), nullable=False),
        sa.Column("start_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rating", sa.String(16), nullable=False),
        sa.Column("fault_code", sa.Text()),
        sa.Column("notes", sa.Text()),
        sa.Column("equipment", sa.Text()),
        _set_on_insert("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_labels"),
        sa.ForeignKeyConstraint(
            ["label_group_id"], ["label_groups.id"], name="fk_labels_label_group_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_labels_label_group_id_start_time", "labels", ["label_group_id", "start_time"])


def downgrade() -> None:
    op.drop_table("labels")
    op.drop_table("label_groups")


def _set_on_insert(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
