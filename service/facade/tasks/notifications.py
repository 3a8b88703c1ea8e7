"""Telling others of anomalies, and forgetting what was told long ago."""

from celery import Celery

from service.facade.resources import Resources
from service.facade.usecases import anomalies, feed
from service.facade.usecases.notifying import TELL_ANOMALIES

SWEEP = "facade.sweep_anomalies"
FORGET = "facade.forget_notifications"
TIMETABLE = {SWEEP: 5.0, FORGET: 3600.0}


def register(app: Celery, resources: Resources) -> None:
    @app.task(name=TELL_ANOMALIES)
    def tell_anomalies(scheduler_id: str) -> None:
        anomalies.tell_anomalies(resources, int(scheduler_id))

    @app.task(name=SWEEP)
    def sweep_anomalies() -> None:
        anomalies.sweep_anomalies(resources)

    @app.task(name=FORGET)
    def forget_notifications() -> None:
        feed.forget_old(resources)
