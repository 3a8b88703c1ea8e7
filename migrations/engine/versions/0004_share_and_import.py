"""share and import"""

import sqlalchemy as sa
from alembic import op

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


def downgrade() -> None:
    op.drop_table("resource_policies")


def _set_on_insert(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
