"""The status of schedulers of either kind: what operations want and what work made of it, read together."""

from sqlalchemy import ColumnElement, Table, and_

# Status on the wire, by (wanted, actual).
STATUS = {
    ("RUNNING", "STOPPED"): "PENDING",
    ("RUNNING", "RUNNING"): "RUNNING",
    ("STOPPED", "RUNNING"): "STOPPING",
    ("STOPPED", "STOPPED"): "STOPPED",
}


def has_status(table: Table, status: str) -> ColumnElement[bool]:
    """SQL for: a row of that table has this status."""
    wanted, actual = next(pair for pair, name in STATUS.items() if name == status)
    return and_(table.c.wanted == wanted, table.c.actual == actual)
