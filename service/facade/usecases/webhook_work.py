"""Delivering: the feed is dealt out into deliveries, and those that are due are attempted, many webhooks at a time.

A worker process has one dispatcher, which takes one of its Celery threads while there is anything to do, and as many
couriers as there are places. A courier works for one webhook, so its deliveries leave in order, and a receiver that is
slow keeps one courier busy and nobody waiting. Several workers share the webhooks by claims.
"""

import time
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from service.facade.resources import Resources
from service.facade.store import deliveries, notifications, webhooks
from service.facade.store.database import Claims
from service.facade.usecases.notifying import DELIVER
from service.facade.usecases.webhook_attempts import attempt_delivery
from service.facade.usecases.webhook_deliveries import KEPT, delivery_of
from service.stopping import stopping

SLICE_SECONDS = 20.0
_PLACES = 16  # couriers of a process
_PLACES_OF_A_TEAM = 4
_LOOK_AGAIN_SECONDS = 0.5
_MOST_IN_A_ROW = 20  # deliveries of a courier, before others have their turn
_FEED_PAGE = 500


def deliver_webhooks(resources: Resources, seconds: float = SLICE_SECONDS) -> None:
    """Deliver what is due, unless this process is at it already; then it looks once more before it ends.

    Raises:
        DatabaseUnavailable: what was not attempted stays due, and the sweep comes again.
    """
    resources.webhook_turn.take(lambda: _dispatch(resources, time.monotonic() + seconds))


def forget_old_deliveries(resources: Resources) -> None:
    """Drop what ended a month ago."""
    with resources.database.begin() as db:
        deliveries.discard_before(db, resources.clock() - KEPT)


def deal_out(resources: Resources) -> bool:
    """Make deliveries of what the feed has next for each enabled webhook behind its place; whether there may be more. A
    page for each: one that has a month to catch up on keeps no other waiting."""
    with resources.database.begin() as db:
        ids = webhooks.behind(db)
    have_more = [_deal_page(resources, webhook_id) for webhook_id in ids]
    return any(have_more)


def _deal_page(resources: Resources, webhook_id: str) -> bool:
    """Deliveries and the new place in one transaction; whether there may be more. Places are given out in the order of
    commits, so nothing comes later at or before one that was read."""
    with resources.database.begin() as db:
        taken = webhooks.take_cursor(db, webhook_id)
        if taken is None:
            return False
        webhook, place = taken
        newest, now = notifications.last_sequence(db), resources.clock()
        told = notifications.after(db, webhook.team, place, _FEED_PAGE, types=webhook.types)
        deliveries.insert_new(db, [delivery_of(webhook, one, now) for one in told if webhook.wants(one)])
        is_last = len(told) < _FEED_PAGE
        read = [one.sequence for one in told[-1:]]
        webhooks.move_cursor(db, webhook_id, max([*read, newest] if is_last else read))
    return not is_last


@dataclass
class _Couriers:
    """Who is under way for which webhook."""

    resources: Resources
    claims: Claims
    pool: ThreadPoolExecutor
    until: float
    at_work: dict[Future[None], tuple[str, str]] = field(default_factory=dict)  # webhook and team

    def send_out(self) -> None:
        """A courier for each webhook that has something due, as far as there are places."""
        busy = [webhook_id for webhook_id, _ in self.at_work.values()]
        teams = Counter(team for _, team in self.at_work.values())
        full = [team for team, couriers in teams.items() if couriers >= _PLACES_OF_A_TEAM]
        with self.resources.database.begin() as db:
            due = deliveries.due(db, self.resources.clock(), busy, full, limit=_PLACES * 4)
        for webhook_id, team in due:
            if len(self.at_work) >= _PLACES:
                return
            if teams[team] < _PLACES_OF_A_TEAM and self.claims.take(webhook_id):
                teams[team] += 1
                self.at_work[self.pool.submit(_carry, self.resources, webhook_id, self.until)] = webhook_id, team

    def welcome(self, seconds: float) -> None:
        """Wait until somebody comes back, or for a while."""
        back, _ = wait(self.at_work, timeout=seconds, return_when=FIRST_COMPLETED)
        for courier in back:
            self.claims.give_back(self.at_work.pop(courier)[0])
            courier.result()


def _dispatch(resources: Resources, until: float) -> None:
    more = deal_out(resources)
    with resources.database.begin() as db:
        if not more and not deliveries.due(db, resources.clock(), limit=1):
            return
    with resources.database.claiming("webhook") as claims, ThreadPoolExecutor(_PLACES, "courier") as pool:
        couriers = _Couriers(resources, claims, pool, until)
        while time.monotonic() < until and not stopping.is_set():
            couriers.send_out()
            if not couriers.at_work and not more:
                return
            couriers.welcome(0.0 if more else _LOOK_AGAIN_SECONDS)
            more = deal_out(resources)
        while couriers.at_work:
            couriers.welcome(_LOOK_AGAIN_SECONDS)
    resources.queue.send(DELIVER)


def _carry(resources: Resources, webhook_id: str, until: float) -> None:
    """Deliver what is due for one webhook, the oldest first, until its receiver fails, the process ends or it is time:
    the dispatcher waits for the slowest."""
    for number in range(_MOST_IN_A_ROW):
        if stopping.is_set() or (number and time.monotonic() > until):
            return
        with resources.database.begin() as db:
            delivery = deliveries.next_due(db, webhook_id, resources.clock())
        if delivery is None or not attempt_delivery(resources, delivery):
            return
