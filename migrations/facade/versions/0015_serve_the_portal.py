"""serve the portal: sessions of browsers, and predictions counted by the hour"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
_COUNT = """
INSERT INTO prediction_hours (scheduler_id, hour, scored, anomalous)
SELECT scheduler_id, date_bin('1 hour', timestamp - interval '1 microsecond', '2000-01-01T00:00:00Z'),
       count(*), count(*) FILTER (WHERE prediction = 1)
FROM predictions GROUP BY 1, 2
"""


def upgrade() -> None:
    _create_browser_sessions()
    _create_prediction_hours()
    op.execute(_COUNT)


def downgrade() -> None:
    op.drop_table("prediction_hours")
    op.drop_table("browser_sessions")


def _create_browser_sessions() -> None:
    op.create_table(
        "browser_sessions",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("scopes", ARRAY(sa.Text), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("key_id", sa.Text),
        sa.Column("csrf_token", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_browser_sessions"),
    )
    op.create_index("ix_browser_sessions_expires_at", "browser_sessions", ["expires_at"])


def _create_prediction_hours() -> None:
    op.create_table(
        "prediction_hours",
        sa.Column("scheduler_id", sa.BigInteger, nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scored", sa.Integer, nullable=False),
        sa.Column("anomalous", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("scheduler_id", "hour", name="pk_prediction_hours"),
        sa.ForeignKeyConstraint(["scheduler_id"], ["followed_schedulers.id"], name="fk_prediction_hours_scheduler_id"),
    )
