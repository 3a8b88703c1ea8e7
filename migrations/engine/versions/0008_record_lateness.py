"""record lateness, and find the schedulers that are due by an index"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Schedulers that are there get the default of the new column: the next tick looks at each of them once."""
    instant = sa.DateTime(timezone=True)
    op.add_column("inference_schedulers", sa.Column("next_wake_at", instant, server_default=sa.text("'epoch'")))
    op.create_index("ix_inference_schedulers_next_wake_at", "inference_schedulers", ["next_wake_at"])
    op.add_column("inference_executions", sa.Column("started_at", instant))
    op.create_index(
        "ix_inference_executions_in_flight",
        "inference_executions",
        ["scheduler_id", "data_end_time"],
        postgresql_where=sa.text("status = 'IN_PROGRESS'"),
    )


def downgrade() -> None:
    op.drop_index("ix_inference_executions_in_flight", "inference_executions")
    op.drop_column("inference_executions", "started_at")
    op.drop_index("ix_inference_schedulers_next_wake_at", "inference_schedulers")
    op.drop_column("inference_schedulers", "next_wake_at")
