"""Pages of rows that are numbered in the order in which they came."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Column, Row, Select
from sqlalchemy import Connection as Db

from service.facade.domain.pages import Page

Item = TypeVar("Item")


def newest_first(
    db: Db, query: Select[Any], sequence: Column[int], limit: int, before: int | None, made: Callable[[Row], Item]
) -> Page[Item]:
    """A page of what `query` finds, from the row before the number `before` on; `sequence` is one of its columns."""
    if before is not None:
        query = query.where(sequence < before)
    rows = db.execute(query.order_by(sequence.desc()).limit(limit + 1)).all()
    more = rows[limit - 1]._mapping[sequence] if len(rows) > limit else None
    return Page([made(row) for row in rows[:limit]], more)
