"""count attempts at uploads; index high scores and ended operations"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("uploads", sa.Column("attempts", sa.Integer, server_default="0", nullable=False))
    op.create_index(
        "ix_predictions_high_scores",
        "predictions",
        ["scheduler_id", "timestamp"],
        postgresql_where=sa.text("anomaly_score >= 0.5"),
    )
    op.create_index(
        "ix_operations_ended", "operations", ["updated_at"], postgresql_where=sa.text("status != 'in_progress'")
    )


def downgrade() -> None:
    op.drop_index("ix_operations_ended", "operations")
    op.drop_index("ix_predictions_high_scores", "predictions")
    op.drop_column("uploads", "attempts")
