"""The Celery app of the facade: what the HTTP processes send with and what the worker runs."""

from typing import Any

import structlog
from celery import Celery, Task

from service.correlation import taken_up
from service.facade.problems import Problem
from service.redis_broker import TRANSPORT, broker_url
from service.settings import Settings
from service.telemetry.tasks import counting

QUEUE = "facade"
log = structlog.get_logger(__name__)


class SweptTask(Task):
    """The one retry policy: a task that meets a problem is not retried. Its row stays as it is, and the next sweep
    sends a new message. Every log line inside carries the id of the task, and that of the request it is done for."""

    def __call__(self, *arguments: Any, **options: Any) -> None:
        with taken_up(self.name, self.request.id, self.request.headers):
            try:
                with counting(self.name, put_off=Problem):
                    self.run(*arguments, **options)
            except Problem as problem:
                log.warning("task_put_off", problem=problem.slug, detail=problem.detail, cause=repr(problem.__cause__))


class OwnTasks(Celery):
    """Celery adds a task to every app of the process; here a task belongs to the app, and the resources, it was
    registered with."""

    def task(self, *arguments: Any, **options: Any) -> Any:
        return super().task(*arguments, **{"shared": False, **options})


def new_celery(settings: Settings, *, socket_timeout: float) -> Celery:
    """An app without tasks. Rows are the truth, so results are not kept and a lost message does no harm."""
    app = OwnTasks("facade", broker=broker_url(settings.redis_url), set_as_current=False, task_cls=SweptTask)
    app.conf.update(_configuration(socket_timeout))
    return app


def _configuration(socket_timeout: float) -> dict[str, Any]:
    return {
        "task_default_queue": QUEUE,
        "task_ignore_result": True,
        "task_store_eager_result": False,
        "task_serializer": "json",
        "accept_content": ["json"],
        "enable_utc": True,
        "worker_prefetch_multiplier": 1,
        "worker_hijack_root_logger": False,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_transport_options": {
            **TRANSPORT,
            "socket_connect_timeout": 1,
            "socket_timeout": socket_timeout,
            "global_keyprefix": "facade:",
        },
    }
