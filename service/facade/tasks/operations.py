"""Watching operations until they end."""

from celery import Celery

from service.facade.resources import Resources
from service.facade.usecases import operations

SWEEP = "facade.sweep_operations"
TIMETABLE = {SWEEP: 5.0}


def register(app: Celery, resources: Resources) -> None:
    @app.task(name=operations.WATCH)
    def watch_operation(operation_id: str) -> None:
        operations.watch_operation(resources, operation_id)

    @app.task(name=SWEEP)
    def sweep_operations() -> None:
        operations.sweep_operations(resources)
