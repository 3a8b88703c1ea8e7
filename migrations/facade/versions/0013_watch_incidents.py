"""watch incidents: what was told of anomalies and schedulers, and maintenance windows"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
_TIME = sa.DateTime(timezone=True)
_WATCH = """
INSERT INTO watched_schedulers (scheduler_id, watched_since, seen_record_number)
SELECT id, now(), coalesce((SELECT max(record_number) FROM predictions WHERE scheduler_id = followed.id), 0)
FROM followed_schedulers AS followed
"""


def upgrade() -> None:
    _create_watched_schedulers()
    op.execute(_WATCH)
    _create_incidents()
    _create_maintenance_windows()
    op.create_table(
        "forgotten_notifications",
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("through", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("team", name="pk_forgotten_notifications"),
    )
    op.add_column("replays", sa.Column("notify", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("replays", "notify")
    for table in ("forgotten_notifications", "maintenance_windows", "anomaly_incidents", "watched_schedulers"):
        op.drop_table(table)


def _create_watched_schedulers() -> None:
    """What was seen before is seen already: nothing that lies there now is news."""
    op.create_table(
        "watched_schedulers",
        sa.Column("scheduler_id", sa.BigInteger, nullable=False),
        sa.Column("watched_since", _TIME, nullable=False),
        sa.Column("status", sa.Text),
        sa.Column("status_since", _TIME),
        sa.Column("data_upload_frequency", sa.Interval),
        sa.Column("data_delay", sa.Interval),
        sa.Column("last_success_end_time", _TIME),
        sa.Column("failing_through", _TIME),
        sa.Column("failing_quiet", sa.Text),
        sa.Column("stale_at", _TIME),
        sa.Column("stale_quiet", sa.Text),
        sa.Column("seen_record_number", sa.BigInteger, nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("scheduler_id", name="pk_watched_schedulers"),
        sa.ForeignKeyConstraint(
            ["scheduler_id"],
            ["followed_schedulers.id"],
            name="fk_watched_schedulers_scheduler_id",
        ),
    )


def _create_incidents() -> None:
    op.create_table(
        "anomaly_incidents",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("scheduler_id", sa.BigInteger, nullable=False),
        sa.Column("start_time", _TIME, nullable=False),
        sa.Column("end_time", _TIME, nullable=False),
        sa.Column("points", sa.Integer, nullable=False),
        sa.Column("peak_score", sa.Float),
        sa.Column("peak_time", _TIME),
        sa.Column("mean_score", sa.Float),
        sa.Column("muted_by", sa.Text),
        sa.Column("closed_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_anomaly_incidents"),
        sa.ForeignKeyConstraint(
            ["scheduler_id"],
            ["followed_schedulers.id"],
            name="fk_anomaly_incidents_scheduler_id",
        ),
    )
    op.create_index("ix_anomaly_incidents_scheduler", "anomaly_incidents", ["scheduler_id", "end_time"])
    open_ones = sa.text("closed_at IS NULL")
    op.create_index("ix_anomaly_incidents_open", "anomaly_incidents", ["scheduler_id"], postgresql_where=open_ones)


def _create_maintenance_windows() -> None:
    op.create_table(
        "maintenance_windows",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("sequence", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("inference_scheduler_name", sa.Text, nullable=False),
        sa.Column("start_time", _TIME, nullable=False),
        sa.Column("end_time", _TIME, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_maintenance_windows"),
        sa.UniqueConstraint("sequence", name="uq_maintenance_windows_sequence"),
    )
    columns = ["inference_scheduler_name", "team", "sequence"]
    op.create_index("ix_maintenance_windows_scheduler", "maintenance_windows", columns)
