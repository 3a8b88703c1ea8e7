"""Working on accepted uploads."""

from celery import Celery

from service.facade.resources import Resources
from service.facade.usecases import upload_work
from service.facade.usecases.uploads import WORK_ON_UPLOADS

SWEEP = "facade.sweep_uploads"
SWEEP_STAGING = "facade.sweep_staging"
TIMETABLE = {SWEEP: 5.0, SWEEP_STAGING: 3600.0}


def register(app: Celery, resources: Resources) -> None:
    @app.task(name=WORK_ON_UPLOADS)
    def work_on_uploads(scheduler_name: str) -> None:
        upload_work.work_on_uploads(resources, scheduler_name)

    @app.task(name=SWEEP)
    def sweep_uploads() -> None:
        upload_work.sweep_uploads(resources)

    @app.task(name=SWEEP_STAGING)
    def sweep_staging() -> None:
        upload_work.sweep_staging(resources)
