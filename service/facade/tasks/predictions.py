"""Collecting the results of all schedulers."""

from celery import Celery

from service.facade.resources import Resources
from service.facade.usecases import collecting

COLLECT = "facade.collect_predictions"
TIMETABLE = {COLLECT: 15.0}


def register(app: Celery, resources: Resources) -> None:
    @app.task(name=COLLECT)
    def collect_predictions() -> None:
        collecting.collect_everything(resources)
