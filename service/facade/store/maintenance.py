"""Maintenance windows of schedulers."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Row, Table, Text, select
from sqlalchemy import Connection as Db
from sqlalchemy.dialects.postgresql import insert

from service.facade.domain.maintenance import MaintenanceWindow
from service.facade.domain.pages import Page
from service.facade.store.metadata import metadata
from service.facade.store.paging import newest_first

maintenance_windows = Table(
    "maintenance_windows",
    metadata,
    Column("id", Text, primary_key=True),
    Column("sequence", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("team", Text, nullable=False),
    Column("inference_scheduler_name", Text, nullable=False),
    Column("start_time", DateTime(timezone=True), nullable=False),
    Column("end_time", DateTime(timezone=True), nullable=False),
    Column("note", Text),
    Column("created_by", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Index("ix_maintenance_windows_scheduler", "inference_scheduler_name", "team", "sequence"),
)
_COLUMNS = maintenance_windows.c
_SHOWN = [column for column in _COLUMNS if column.name != "sequence"]


def insert_once(db: Db, window: MaintenanceWindow) -> None:
    """A second window with the same id is the same window."""
    db.execute(insert(maintenance_windows).values(vars(window)).on_conflict_do_nothing(index_elements=["id"]))


def page(db: Db, team: str, scheduler_name: str, limit: int, before: int | None) -> Page[MaintenanceWindow]:
    """Newest first, from the one before the sequence number `before` on."""
    query = select(maintenance_windows).where(
        _COLUMNS.inference_scheduler_name == scheduler_name, _COLUMNS.team == team
    )
    return newest_first(db, query, _COLUMNS.sequence, limit, before, _window)


def ending_after(db: Db, team: str, scheduler_name: str, moment: datetime) -> tuple[MaintenanceWindow, ...]:
    """Those of a scheduler that may matter for what happened since `moment`."""
    mine = (_COLUMNS.team == team) & (_COLUMNS.inference_scheduler_name == scheduler_name)
    rows = db.execute(select(*_SHOWN).where(mine, _COLUMNS.end_time > moment))
    return tuple(_window(row) for row in rows)


def discard(db: Db, team: str, window_id: str) -> bool:
    """Whether there was one of this team."""
    mine = (_COLUMNS.id == window_id) & (_COLUMNS.team == team)
    return bool(db.execute(maintenance_windows.delete().where(mine)).rowcount)


def _window(row: Row) -> MaintenanceWindow:
    return MaintenanceWindow(**{name: value for name, value in row._mapping.items() if name != "sequence"})
