"""create predictions and what collecting remembers"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, REAL

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_followed()
    _create_collected_executions()
    _create_sensor_lists()
    _create_predictions()


def downgrade() -> None:
    op.drop_table("predictions")
    op.drop_table("sensor_lists")
    op.drop_table("collected_executions")
    op.drop_table("followed_replays")
    op.drop_table("followed_schedulers")


def _create_followed() -> None:
    op.create_table(
        "followed_schedulers",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("inference_scheduler_arn", sa.Text, nullable=False),
        sa.Column("inference_scheduler_name", sa.Text, nullable=False),
        sa.Column("collected_through", sa.DateTime(timezone=True)),
        sa.Column("collected_at", sa.DateTime(timezone=True)),
        sa.Column("swept_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_followed_schedulers"),
        sa.UniqueConstraint("inference_scheduler_arn", name="uq_followed_schedulers_inference_scheduler_arn"),
    )
    op.create_index("ix_followed_schedulers_name", "followed_schedulers", ["inference_scheduler_name"])
    op.create_table(
        "followed_replays",
        sa.Column("replay_id", sa.Text, nullable=False),
        sa.Column("inference_scheduler_name", sa.Text, nullable=False),
        sa.Column("start_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_time", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("replay_id", name="pk_followed_replays"),
    )
    op.create_index("ix_followed_replays_name", "followed_replays", ["inference_scheduler_name"])


def _create_collected_executions() -> None:
    op.create_table(
        "collected_executions",
        sa.Column("scheduler_id", sa.BigInteger, nullable=False),
        sa.Column("data_start_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("etag", sa.Text, nullable=False),
        sa.Column("fault", sa.Text),
        sa.Column("collected_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scheduler_id", "data_start_time", name="pk_collected_executions"),
        _to_scheduler("collected_executions"),
    )


def _create_sensor_lists() -> None:
    op.create_table(
        "sensor_lists",
        sa.Column("id", sa.Integer, sa.Identity(always=True), nullable=False),
        sa.Column("scheduler_id", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("names", ARRAY(sa.Text), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sensor_lists"),
        sa.UniqueConstraint("scheduler_id", "digest", name="uq_sensor_lists_scheduler_id_digest"),
        _to_scheduler("sensor_lists"),
    )


def _create_predictions() -> None:
    op.create_table(
        "predictions",
        sa.Column("scheduler_id", sa.BigInteger, nullable=False),
        sa.Column("timestamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data_start_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prediction", sa.SmallInteger, nullable=False),
        sa.Column("prediction_reason", sa.Text),
        sa.Column("anomaly_score", sa.Float),
        sa.Column("sensor_list_id", sa.Integer),
        sa.Column("contributions", ARRAY(REAL)),
        sa.PrimaryKeyConstraint("scheduler_id", "timestamp", name="pk_predictions"),
        _to_scheduler("predictions"),
        sa.ForeignKeyConstraint(["sensor_list_id"], ["sensor_lists.id"], name="fk_predictions_sensor_list_id"),
    )
    op.create_index("ix_predictions_window", "predictions", ["scheduler_id", "data_start_time"])
    anomalies = sa.text("prediction = 1")
    op.create_index(
        "ix_predictions_anomalies", "predictions", ["scheduler_id", "timestamp"], postgresql_where=anomalies
    )


def _to_scheduler(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["scheduler_id"], ["followed_schedulers.id"], name=f"fk_{table}_scheduler_id")
