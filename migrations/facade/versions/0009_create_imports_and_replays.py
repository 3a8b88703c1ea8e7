"""create imports of history, replays and healed windows"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("collected_executions", sa.Column("source", sa.Text))
    _create_imports()
    _create_replays()
    _create_healed_windows()


def downgrade() -> None:
    op.drop_table("healed_windows")
    op.drop_table("replays")
    op.drop_table("imports")
    op.drop_column("collected_executions", "source")


def _create_imports() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.Text, nullable=False),
        *_whose(),
        sa.Column("bucket", sa.Text, nullable=False),
        sa.Column("prefix", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("objects_found", sa.Integer),
        sa.Column("objects_read", sa.Integer, nullable=False, server_default="0"),
        sa.Column("objects_skipped", sa.Integer, nullable=False, server_default="0"),
        sa.Column("objects_unreadable", sa.Integer, nullable=False, server_default="0"),
        sa.Column("rows", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("unreadable", JSONB, nullable=False, server_default="[]"),
        sa.Column("position", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("problem", JSONB(none_as_null=True)),
        *_by_whom_and_when(),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
        sa.UniqueConstraint("sequence", name="uq_imports_sequence"),
    )
    _index_lists("imports", sa.text("status IN ('queued', 'running')"))


def _create_replays() -> None:
    op.create_table(
        "replays",
        sa.Column("id", sa.Text, nullable=False),
        *_whose(),
        sa.Column("start_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("existing_results", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("upstream_replay_id", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("total_windows", sa.Integer),
        sa.Column("succeeded_windows", sa.Integer),
        sa.Column("failed_windows", sa.Integer),
        sa.Column("skipped_windows", sa.Integer),
        sa.Column("failed_reason", sa.Text),
        *_by_whom_and_when(),
        sa.PrimaryKeyConstraint("id", name="pk_replays"),
        sa.UniqueConstraint("sequence", name="uq_replays_sequence"),
        sa.UniqueConstraint("upstream_replay_id", name="uq_replays_upstream_replay_id"),
    )
    _index_lists("replays", sa.text("status IN ('queued', 'running', 'cancelling')"))


def _create_healed_windows() -> None:
    op.create_table(
        "healed_windows",
        sa.Column("inference_scheduler_arn", sa.Text, nullable=False),
        sa.Column("data_start_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data_end_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("inference_scheduler_name", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("replay_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint(
            "inference_scheduler_arn", "data_start_time", "data_end_time", name="pk_healed_windows"
        ),
        sa.ForeignKeyConstraint(["replay_id"], ["replays.id"], name="fk_healed_windows_replay_id", ondelete="CASCADE"),
    )
    op.create_index("ix_healed_windows_name", "healed_windows", ["inference_scheduler_name", "team", "data_start_time"])
    op.create_index("ix_healed_windows_replay", "healed_windows", ["replay_id"])


def _whose() -> list[sa.Column]:
    return [
        sa.Column("sequence", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("inference_scheduler_name", sa.Text, nullable=False),
    ]


def _by_whom_and_when() -> list[sa.Column]:
    return [
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _index_lists(table: str, unfinished: sa.TextClause) -> None:
    op.create_index(f"ix_{table}_scheduler_sequence", table, ["inference_scheduler_name", "team", "sequence"])
    op.create_index(f"ix_{table}_unfinished", table, ["sequence"], postgresql_where=unfinished)
