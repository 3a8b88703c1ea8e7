"""Scoring windows again whose data came late."""

from celery import Celery

from service.facade.resources import Resources
from service.facade.usecases import healing

SWEEP = "facade.heal_everything"
TIMETABLE = {SWEEP: 60.0}


def register(app: Celery, resources: Resources) -> None:
    @app.task(name=healing.HEAL)
    def heal_scheduler(scheduler_name: str) -> None:
        healing.heal_scheduler(resources, scheduler_name)

    @app.task(name=SWEEP)
    def heal_everything() -> None:
        healing.heal_everything(resources)
