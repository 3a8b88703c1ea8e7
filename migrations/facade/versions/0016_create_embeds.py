"""create embeds and the keys that sign them"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_embeds()
    op.create_table(
        "embed_keys",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_embed_keys"),
    )


def downgrade() -> None:
    op.drop_table("embed_keys")
    op.drop_table("embeds")


def _create_embeds() -> None:
    op.create_table(
        "embeds",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("sequence", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("inference_scheduler_name", sa.Text, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("theme", sa.Text, nullable=False),
        sa.Column("span", sa.Interval, nullable=False),
        sa.Column("sensors", ARRAY(sa.Text), nullable=False),
        sa.Column("contributors", sa.Integer, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_embeds"),
        sa.UniqueConstraint("sequence", name="uq_embeds_sequence"),
    )
    op.create_index("ix_embeds_scheduler_sequence", "embeds", ["inference_scheduler_name", "team", "sequence"])
    op.create_index("ix_embeds_expires_at", "embeds", ["expires_at"])
