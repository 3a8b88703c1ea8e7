"""What the tables have in common: names of constraints, and columns that come again."""

from sqlalchemy import Column, DateTime, ForeignKey, Integer, MetaData, String, func
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

JSON = JSONB(none_as_null=True)  # None is stored as NULL, not as a JSON null


def instant(name: str, **options) -> Column:
    """An instant, with its zone."""
    return Column(name, DateTime(timezone=True), **options)


def made() -> Column:
    """When the row was made."""
    return instant("created_at", nullable=False, server_default=func.now())


def changed() -> Column:
    """When the API last changed the row."""
    return instant("updated_at", nullable=False, server_default=func.now())


def nudged() -> Column:
    """Work: the last time a message was sent for the piece."""
    return instant("nudged_at")


def attempts() -> Column:
    """Work: the attempts that have not come back."""
    return Column("attempts", Integer, nullable=False, server_default="0")


def scope_columns() -> tuple[Column, Column]:
    """Whose a resource is: the account and the region of the request that made it."""
    return Column("account_id", String(12), nullable=False), Column("region", String(64), nullable=False)


def scheduler_key() -> Column:
    """The scheduler that a row belongs to, and goes with."""
    return Column("scheduler_id", ForeignKey("inference_schedulers.id", ondelete="CASCADE"), nullable=False)
