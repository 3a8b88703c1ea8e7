"""Telling others that an upload has ended, in the transaction that ends it."""

from datetime import datetime

from service.facade.domain.notices import upload_finished
from service.facade.resources import UnitOfWork
from service.facade.store import uploads
from service.facade.usecases.notifying import notify


def tell_finished(unit: UnitOfWork, team: str, upload_id: str, now: datetime) -> None:
    """Call it last, after the row has got its last status."""
    if upload := uploads.find(unit.db, team, upload_id):
        notify(unit, [upload_finished(upload, team)], now)
