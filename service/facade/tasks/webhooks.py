"""Delivering notifications to webhooks."""

from celery import Celery

from service.facade.resources import Resources
from service.facade.usecases import webhook_work
from service.facade.usecases.notifying import DELIVER

SWEEP = "facade.sweep_webhooks"
FORGET = "facade.forget_old_deliveries"
TIMETABLE = {SWEEP: 5.0, FORGET: 3600.0}


def register(app: Celery, resources: Resources) -> None:
    @app.task(name=DELIVER)
    def deliver_webhooks() -> None:
        webhook_work.deliver_webhooks(resources)

    @app.task(name=SWEEP)
    def sweep_webhooks() -> None:
        webhook_work.deliver_webhooks(resources)

    @app.task(name=FORGET)
    def forget_old_deliveries() -> None:
        webhook_work.forget_old_deliveries(resources)
