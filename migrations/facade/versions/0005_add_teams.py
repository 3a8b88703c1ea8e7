"""say whose everything is"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLES = ("operations", "uploads", "followed_schedulers")
_INDEX = "ix_uploads_scheduler_sequence"


def upgrade() -> None:
    for table in _TABLES:  # what was there before there were teams belongs to the default one
        op.add_column(table, sa.Column("team", sa.Text, nullable=False, server_default="default"))
        op.alter_column(table, "team", server_default=None)
    op.drop_index(_INDEX, "uploads")
    op.create_index(_INDEX, "uploads", ["inference_scheduler_name", "team", "sequence"])


def downgrade() -> None:
    op.drop_index(_INDEX, "uploads")
    op.create_index(_INDEX, "uploads", ["inference_scheduler_name", "sequence"])
    for table in _TABLES:
        op.drop_column(table, "team")
