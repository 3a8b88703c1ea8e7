"""Lists of what belongs to a scheduler and stays when it is gone: uploads, imports, replays and the like."""

from collections.abc import Callable
from typing import Any, TypeVar

from service.facade.domain.pages import Page, decode_cursor
from service.facade.resources import Resources
from service.facade.usecases.ownership import refuse_unknown

Item = TypeVar("Item")


def list_kept(
    resources: Resources,
    read: Callable[..., Page[Item]],
    team: str,
    name: str,
    limit: int,
    cursor: str | None,
    query: dict[str, Any],
) -> Page[Item]:
    """Newest first. A scheduler that was deleted keeps its list.

    Args:
        read: the `page` of a store's module, which is given (db, team, name, limit, before).
        query: what a cursor of this list is bound to.

    Raises:
        SchedulerNotFound: there is none, and no list either.
        BadCursor
    """
    before = decode_cursor(cursor, query, int) if cursor else None
    with resources.database.begin() as db:
        page = read(db, team, name, limit, before)
    if not page.items:
        refuse_unknown(resources, name)
    return page
