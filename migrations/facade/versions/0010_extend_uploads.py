"""extend uploads: mappings, dry runs, hashes, direct uploads"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_NEW_MEMBERS = (
    *("format", "layout", "ignored_columns", "times", "out_of_order_rows", "gaps"),
    *("usual_interval_seconds", "findings"),
)
# Reports from before say nothing of these.
_COMPLETE_REPORTS = """
UPDATE uploads SET files = (
    SELECT jsonb_agg(jsonb_build_object(
        'format', 'csv', 'layout', 'wide', 'ignored_columns', '[]'::jsonb, 'findings', '[]'::jsonb,
        'out_of_order_rows', 0, 'gaps', 0, 'usual_interval_seconds', null,
        'times', jsonb_build_object('time_format', 'unknown', 'time_format_from', 'detected',
            'time_zone', 'UTC', 'time_zone_from', 'assumed')) || report)
    FROM jsonb_array_elements(files) AS report)
WHERE jsonb_array_length(files) > 0
"""
_SHORTEN_REPORTS = f"""
UPDATE uploads SET files = (SELECT jsonb_agg(report {" ".join(f"- '{name}'" for name in _NEW_MEMBERS)})
    FROM jsonb_array_elements(files) AS report)
WHERE jsonb_array_length(files) > 0
"""


def _new_columns() -> list[sa.Column]:
    return [
        sa.Column("staging_etag", sa.Text),
        sa.Column("dry_run", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("content_hash", sa.Text),
        sa.Column("first_timestamp", sa.DateTime(timezone=True)),
        sa.Column("last_timestamp", sa.DateTime(timezone=True)),
        sa.Column("planned_files", postgresql.JSONB, nullable=False, server_default="[]"),
        sa.Column("repeats", sa.Text),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
    ]


def upgrade() -> None:
    for column in _new_columns():
        op.add_column("uploads", column)
    op.execute(_COMPLETE_REPORTS)
    op.create_index("ix_uploads_awaited", "uploads", ["expires_at"], postgresql_where=sa.text("status = 'awaiting'"))
    op.create_index(
        "ix_uploads_content", "uploads", ["content_hash"], postgresql_where=sa.text("content_hash IS NOT NULL")
    )
    op.create_table(
        "column_mappings",
        sa.Column("team", sa.Text, primary_key=True),
        sa.Column("inference_scheduler_name", sa.Text, primary_key=True),
        sa.Column("mapping", postgresql.JSONB, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("column_mappings")
    op.execute("DELETE FROM uploads WHERE dry_run OR status IN ('awaiting', 'cancelled')")  # unknown before
    op.drop_index("ix_uploads_content", "uploads")
    op.drop_index("ix_uploads_awaited", "uploads")
    op.execute(_SHORTEN_REPORTS)
    for column in _new_columns():
        op.drop_column("uploads", column.name)
