"""Looking after replays until they have ended."""

from celery import Celery

from service.facade.resources import Resources
from service.facade.usecases import replay_work

SWEEP = "facade.sweep_replays"
TIMETABLE = {SWEEP: 10.0}


def register(app: Celery, resources: Resources) -> None:
    @app.task(name=SWEEP)
    def sweep_replays() -> None:
        replay_work.sweep_replays(resources)
