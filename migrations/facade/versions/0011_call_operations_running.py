"""call operations that go on `running`, as everything else that takes a while"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _rename("in_progress", "running")


def downgrade() -> None:
    _rename("running", "in_progress")


def _rename(before: str, after: str) -> None:
    """Operations under way are watched on under their new name."""
    op.drop_index(f"ix_operations_{before}", "operations")
    op.drop_index("ix_operations_ended", "operations")
    operations = sa.table("operations", sa.column("status"))
    op.execute(operations.update().where(operations.c.status == before).values(status=after))
    going_on, ended = sa.text(f"status = '{after}'"), sa.text(f"status != '{after}'")
    op.create_index(f"ix_operations_{after}", "operations", ["created_at"], postgresql_where=going_on)
    op.create_index("ix_operations_ended", "operations", ["updated_at"], postgresql_where=ended)
