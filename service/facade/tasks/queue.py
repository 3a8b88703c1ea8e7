"""Sending nudges to the worker, and asking first whether that is possible."""

from dataclasses import dataclass

import structlog
from celery import Celery

from service.correlation import sending
from service.facade.problems import QueueUnavailable
from service.facade.tasks.celery_app import new_celery
from service.redis_broker import failures
from service.settings import Settings

_RETRY_ONCE = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class CeleryQueue:
    """Implements `resources.Queue` with a Celery app that has no tasks of its own: it sends by name."""

    app: Celery

    def check(self) -> None:
        connection = self.app.connection_for_write()
        try:
            with connection:
                connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=1)
                connection.default_channel.client.ping()
        except failures(connection) as error:
            raise QueueUnavailable("Redis does not answer, so no work can be left for later.") from error

    def send(self, task: str, *arguments: str, delay: float = 0.0) -> None:
        try:
            with sending(task) as headers:
                self.app.signature(task, args=arguments).apply_async(
                    countdown=delay or None, retry_policy=_RETRY_ONCE, headers=headers
                )
        except failures(self.app.connection_for_write()) as error:
            log.warning("nudge_lost", task=task, arguments=arguments, error=str(error))


def connect_queue(settings: Settings) -> CeleryQueue:
    return CeleryQueue(new_celery(settings, socket_timeout=1))
