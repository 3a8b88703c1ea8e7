"""query predictions by what is new, and keep what people say of events"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Rewrites `predictions` once: the rows that are there get their numbers in the order they lie in."""
    op.add_column("predictions", sa.Column("record_number", sa.BigInteger, sa.Identity(), nullable=False))
    op.create_index("ix_predictions_recorded", "predictions", ["scheduler_id", "record_number"])
    op.drop_index("ix_predictions_anomalies", "predictions")
    _index_anomalies(postgresql_include=["anomaly_score"])
    _create_event_remarks()


def downgrade() -> None:
    op.drop_table("event_remarks")
    op.drop_index("ix_predictions_anomalies", "predictions")
    _index_anomalies()
    op.drop_index("ix_predictions_recorded", "predictions")
    op.drop_column("predictions", "record_number")


def _index_anomalies(**options: object) -> None:
    anomalies = sa.text("prediction = 1")
    columns = ["scheduler_id", "timestamp"]
    op.create_index("ix_predictions_anomalies", "predictions", columns, postgresql_where=anomalies, **options)


def _create_event_remarks() -> None:
    op.create_table(
        "event_remarks",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("scheduler_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("start_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.Text),
        sa.Column("fault_code", sa.Text),
        sa.Column("note", sa.Text),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event_remarks"),
        sa.ForeignKeyConstraint(["scheduler_id"], ["followed_schedulers.id"], name="fk_event_remarks_scheduler_id"),
    )
    op.create_index("ix_event_remarks_start", "event_remarks", ["scheduler_id", "kind", "start_time"])
