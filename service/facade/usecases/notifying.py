"""Telling others what happened: into the feed with the change itself, and a nudge for whoever delivers it."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from service.facade.counts import count_notifications
from service.facade.domain.notifications import Notification
from service.facade.resources import UnitOfWork
from service.facade.store import notifications

DELIVER = "facade.deliver_webhooks"
TELL_ANOMALIES = "facade.tell_anomalies"  # with the id of a followed scheduler: it has new predictions


def notify(unit: UnitOfWork, told: Sequence[Notification], now: datetime) -> None:
    """Record notifications in the transaction of what they tell about. Call it last: until the transaction ends, nobody
    else can record any."""
    if new := notifications.record(unit.db, told, now):
        unit.send(DELIVER)
        unit.afterwards.append(partial(count_notifications, new))
