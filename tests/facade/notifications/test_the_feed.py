"""The feed: each incident once, in the order of commits, and nobody else's."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event

from service.facade.domain.notifications import Notification
from service.facade.store import notifications
from service.facade.usecases.notifying import DELIVER, notify

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def told(team: str, incident: str, **more) -> Notification:
    return Notification(type="anomaly.opened", team=team, incident=f"{team}:{incident}", occurred_at=NOW, **more)


def tell(resources, *some: Notification) -> None:
    with resources.begin() as unit:
        notify(unit, some, NOW)


def read(resources, team: str, after: int = 0, **wanted) -> list[str]:
    with resources.database.begin() as db:
        return [one.incident.partition(":")[2] for one in notifications.after(db, team, after, 100, **wanted)]


def test_an_incident_is_told_once_however_often_it_is_found(resources, queue, team):
    tell(resources, told(team, "a"), told(team, "b"))
    tell(resources, told(team, "a"), told(team, "c"))
    tell(resources, told(team, "a"))

    assert read(resources, team) == ["a", "b", "c"]
    assert [nudge[0] for nudge in queue.sent] == [DELIVER, DELIVER]


def test_muted_notifications_are_kept_and_shown_to_those_who_ask(resources, team):
    tell(resources, told(team, "a", muted_by="maintenance"), told(team, "b"))
    assert read(resources, team) == ["b"]
    assert read(resources, team, muted=True) == ["a", "b"]


def test_a_team_reads_its_own_only(resources, team):
    tell(resources, told(team, "mine"), told(f"{team}-other", "theirs"))
    assert read(resources, team) == ["mine"]


def test_whoever_has_seen_a_place_misses_nothing_that_is_committed_later(resources, team):
    """A slow transaction that has drawn its place first keeps the faster one waiting."""
    drawn, go_on = Event(), Event()

    def slowly() -> None:
        with resources.begin() as unit:
            notify(unit, [told(team, "slow")], NOW)
            drawn.set()
            assert go_on.wait(10)

    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(slowly)
        assert drawn.wait(10)
        fast = pool.submit(tell, resources, told(team, "fast"))
        assert read(resources, team) == []
        go_on.set()
        slow.result()
        fast.result()
    assert read(resources, team) == ["slow", "fast"]
