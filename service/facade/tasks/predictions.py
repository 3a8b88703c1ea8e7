"""Collecting the results of all schedulers."""

from celery import Celery

from service.facade.resources import Resources
from service.facade.usecases import collecting

COLLECT_DUE = "facade.collect_due"
COLLECT = "facade.collect_predictions"
TIMETABLE = {COLLECT_DUE: 5.0, COLLECT: 60.0}


def register(app: Celery, resources: Resources) -> None:
    @app.task(name=COLLECT_DUE)
    def collect_due() -> None:
        collecting.collect_due(resources)

    @app.task(name=COLLECT)
    def collect_predictions() -> None:
        collecting.collect_everything(resources)
