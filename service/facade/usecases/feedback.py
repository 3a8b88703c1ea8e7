"""All feedback on the events of a scheduler, for people and for the next training."""

from collections.abc import Iterator
from typing import Any

from service.facade.domain.events import Remark
from service.facade.domain.pages import Page, decode_cursor
from service.facade.resources import Resources
from service.facade.store import event_remarks
from service.facade.usecases.collected import find_known

_AT_ONCE = 500


def list_feedback(
    resources: Resources, team: str, name: str, verdict: str | None, limit: int, cursor: str | None
) -> Page[Remark]:
    """What was said last comes first; with a `verdict` only that.

    Raises:
        SchedulerNotFound, BadCursor
    """
    before = decode_cursor(cursor, feedback_query(name, verdict), int) if cursor else None
    followed = find_known(resources, team, name)
    if followed is None:
        return Page([])
    with resources.database.begin() as db:
        found = event_remarks.page(db, followed.id, "feedback", verdict, limit + 1, before)
    position = found[limit - 1][0] if len(found) > limit else None
    return Page([remark for _, remark in found[:limit]], position)


def every_feedback(resources: Resources, team: str, name: str, verdict: str) -> Iterator[Remark]:
    """All with this verdict, some at a time.

    Raises:
        SchedulerNotFound: at once.
    """
    followed = find_known(resources, team, name)
    return _every(resources, followed.id, verdict) if followed else iter(())


def feedback_query(name: str, verdict: str | None) -> dict[str, Any]:
    """What a cursor of this list is bound to."""
    return {"list": "feedback", "name": name, "verdict": verdict}


def _every(resources: Resources, scheduler_id: int, verdict: str) -> Iterator[Remark]:
    before = None
    while True:
        with resources.database.begin() as db:
            found = event_remarks.page(db, scheduler_id, "feedback", verdict, _AT_ONCE, before)
        yield from (remark for _, remark in found)
        if len(found) < _AT_ONCE:
            return
        before = found[-1][0]
