"""remember the request that began a piece of work, for whoever takes it up later"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None
_TABLES = ("operations", "uploads", "imports", "replays")


def upgrade() -> None:
    for table in _TABLES:
        op.add_column(table, sa.Column("request_id", sa.Text))


def downgrade() -> None:
    for table in _TABLES:
        op.drop_column(table, "request_id")
