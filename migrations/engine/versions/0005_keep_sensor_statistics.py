"""keep sensor statistics"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sensor_statistics",
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.Column("component", sa.String(200, collation="C"), nullable=False),
        sa.Column("sensor", sa.String(200, collation="C"), nullable=False),
        sa.Column("statistics", JSONB(), nullable=False),
        sa.Column("data_start_time", sa.DateTime(timezone=True)),
        sa.Column("data_end_time", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("job_id", "component", "sensor", name="pk_sensor_statistics"),
        sa.ForeignKeyConstraint(
            ["job_id"], ["ingestion_jobs.id"], name="fk_sensor_statistics_job_id", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    op.drop_table("sensor_statistics")
