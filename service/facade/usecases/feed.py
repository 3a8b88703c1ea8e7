"""The feed as a team reads it: page by page, or from a place on."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from service.facade.domain.notifications import Told
from service.facade.domain.pages import Page, decode_cursor, encode_cursor
from service.facade.problems import PlaceForgotten
from service.facade.resources import Resources
from service.facade.store import notifications

KEPT = timedelta(days=31)  # a day more than anybody is promised


@dataclass(frozen=True, kw_only=True)
class FeedFilter:
    """None means "any"; muted ones only where they are asked for."""

    types: Collection[str] | None = None
    scheduler_name: str | None = None
    muted: bool = False


@dataclass(frozen=True)
class FeedPage:
    """Notifications, and `place`: whoever goes on from there misses none. `more`: others follow already."""

    items: list[Told]
    place: str
    more: bool = False


def list_newest(
    resources: Resources, team: str, wanted: FeedFilter, limit: int, cursor: str | None
) -> tuple[Page[Told], str]:
    """A page of a team's notifications, the newest first, and the place behind the newest of all."""
    before = decode_cursor(cursor, feed_query(wanted), int) if cursor else None
    with resources.database.begin() as db:
        last = notifications.last_sequence(db)
        found = notifications.before(db, team, before, limit + 1, **vars(wanted))
    more = found[limit - 1].sequence if len(found) > limit else None
    return Page(found[:limit], more), place_of(team, last)


def read_on(resources: Resources, team: str, wanted: FeedFilter, limit: int, place: str) -> FeedPage:
    """What was recorded after a place, the oldest first.

    Raises:
        BadCursor: it is no place of this team's feed.
        PlaceForgotten: what came after it is not kept any more.
    """
    sequence = sequence_of(team, place)
    with resources.database.begin() as db:
        last = notifications.last_sequence(db)
        found = notifications.after(db, team, sequence, limit + 1, **vars(wanted))
        refuse_forgotten(db, team, sequence)  # last: nothing was forgotten before it was read
    if len(found) > limit:
        return FeedPage(found[:limit], place_of(team, found[limit - 1].sequence), more=True)
    return FeedPage(found, place_of(team, max([sequence, last, *(one.sequence for one in found)])))


def refuse_forgotten(db: Any, team: str, sequence: int) -> None:
    """
    Raises:
        PlaceForgotten
    """
    if sequence < notifications.forgotten_through(db, team):
        raise PlaceForgotten(
            f"Notifications are kept for {KEPT.days - 1} days, and some after this place are gone. Begin without it, "
            f"and look at the resources for what happened meanwhile."
        )


def place_of(team: str, sequence: int) -> str:
    """A place in the feed of a team, as callers get it."""
    return encode_cursor({"feed": team}, sequence)


def sequence_of(team: str, place: str) -> int:
    """
    Raises:
        BadCursor: it was not made by `place_of`, or for another team.
    """
    return decode_cursor(place, {"feed": team}, int)


def feed_query(wanted: FeedFilter) -> dict[str, Any]:
    """What a cursor of this list is bound to."""
    return {"list": "notifications", **vars(wanted), "types": wanted.types and sorted(wanted.types)}


def forget_old(resources: Resources) -> None:
    """Forget what was told long ago."""
    with resources.database.begin() as db:
        notifications.discard_before(db, resources.clock() - KEPT)
