"""A part of a Celery worker: its port for scrapes."""

from typing import Any

from celery import bootsteps

from service.settings import Settings
from service.telemetry.scraping import serve_metrics


def metrics_step(settings: Settings) -> type[bootsteps.StartStopStep]:
    """What `app.steps["worker"]` takes. A worker begins it, and nobody who only asks workers how they are."""

    class Metrics(bootsteps.StartStopStep):
        def start(self, worker: Any) -> None:
            serve_metrics(settings, process=worker.hostname.partition("@")[0])

    return Metrics
