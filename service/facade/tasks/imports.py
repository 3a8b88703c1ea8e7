"""Reading in history."""

from celery import Celery

from service.facade.resources import Resources
from service.facade.usecases import import_work
from service.facade.usecases.imports import WORK_ON_IMPORT

SWEEP = "facade.sweep_imports"
TIMETABLE = {SWEEP: 5.0}


def register(app: Celery, resources: Resources) -> None:
    @app.task(name=WORK_ON_IMPORT)
    def work_on_import(import_id: str) -> None:
        import_work.work_on_import(resources, import_id)

    @app.task(name=SWEEP)
    def sweep_imports() -> None:
        import_work.sweep_imports(resources)
