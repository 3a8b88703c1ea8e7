"""Column mappings: what the tables of a scheduler are like, kept for each team and scheduler."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Column, DateTime, Table, Text, delete, select
from sqlalchemy import Connection as Db
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from service.facade.domain.mappings import ColumnMapping
from service.facade.store.metadata import metadata
from service.facade.store.upload_rows import sensors_of

column_mappings = Table(
    "column_mappings",
    metadata,
    Column("team", Text, primary_key=True),
    Column("inference_scheduler_name", Text, primary_key=True),
    Column("mapping", JSONB, nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)
_C = column_mappings.c


def find(db: Db, team: str, scheduler_name: str, *, for_change: bool = False) -> ColumnMapping | None:
    """`for_change` keeps others from changing it until the end of the transaction."""
    query = select(_C.mapping).where(_C.team == team, _C.inference_scheduler_name == scheduler_name)
    entry = db.scalar(query.with_for_update() if for_change else query)
    return None if entry is None else ColumnMapping(**entry | {"columns": sensors_of(entry["columns"])})


def save(db: Db, team: str, scheduler_name: str, mapping: ColumnMapping, now: datetime) -> None:
    values = {"mapping": asdict(mapping), "updated_at": now}
    mine = {"team": team, "inference_scheduler_name": scheduler_name}
    statement = upsert(column_mappings).values(mine | values)
    db.execute(statement.on_conflict_do_update(index_elements=list(mine), set_=values))


def discard(db: Db, team: str, scheduler_name: str) -> bool:
    """Whether there was one."""
    mine = (_C.team == team) & (_C.inference_scheduler_name == scheduler_name)
    return bool(db.execute(delete(column_mappings).where(mine)).rowcount)
