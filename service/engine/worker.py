"""Celery in the engine: the queue that nudges go through, and the workers that act on them.

    celery -A service.engine.worker:celery_app worker --pool threads -Q inference
    celery -A service.engine.worker:celery_app worker --pool threads -Q training

Two workers, so that a training never delays a scheduled run. A message only says that there may be work; the row in
PostgreSQL is the truth, so a message may be lost or come twice, and the broker may be away for a while.
"""

from time import monotonic
from typing import Any
from urllib.parse import parse_qs, urlsplit

import structlog
from celery import Celery, Task, signals
from kombu import Queue
from kombu.exceptions import KombuError
from structlog.contextvars import bound_contextvars

from service.engine.resources import INFERENCE, TRAINING, Resources, join_resources
from service.engine.work.executions import run_execution
from service.engine.work.ingestions import run_ingestion
from service.engine.work.replays import run_replay
from service.engine.work.trainings import run_training
from service.logs import configure_logs
from service.settings import Settings, load_settings

CONNECT_SECONDS = 0.3
SEND_SECONDS = 1.0
WAIT_SECONDS = 30.0  # of a worker for the broker's answer; longer than it blocks on an empty queue
QUIET_SECONDS = 2.0  # after a failure the broker is left alone for so long
REDELIVERED_AFTER = 300  # seconds; a piece that takes longer is safe behind its lock

log = structlog.get_logger(__name__)


class CeleryQueue:
    """Sends nudges. A broker that is away costs one short wait, then nothing for a while; the sweep sends again."""

    def __init__(self, settings: Settings) -> None:
        self._app = _new_celery(settings, socket_timeout=SEND_SECONDS, max_retries=0, interval_start=0)
        self._quiet_until = 0.0

    def send(self, queue: str, task: str, row_id: str) -> None:
        if monotonic() < self._quiet_until:
            return
        try:
            self._app.send_task(task, args=(row_id,), queue=queue, retry=False, ignore_result=True)
        except (KombuError, OSError) as error:
            self._quiet_until = monotonic() + QUIET_SECONDS
            log.warning("nudge_not_sent", task=task, row_id=row_id, error=str(error))


def create_worker(settings: Settings, resources: Resources | None = None) -> Celery:
    """The app of a worker process. Resources are joined with the first task, in the process that runs it."""
    app = _new_celery(settings, socket_timeout=WAIT_SECONDS)
    app.conf.task_queues = [Queue(INFERENCE), Queue(TRAINING)]
    shared = _Shared(settings, resources)

    @app.task(name="run_execution", bind=True)
    def execution(task: Task, row_id: str) -> None:
        with _told(task, row_id):
            run_execution(shared.resources, int(row_id))

    @app.task(name="run_replay", bind=True)
    def replay(task: Task, row_id: str) -> None:
        with _told(task, row_id):
            run_replay(shared.resources, row_id)

    @app.task(name="run_ingestion", bind=True)
    def ingestion(task: Task, row_id: str) -> None:
        with _told(task, row_id):
            run_ingestion(shared.resources, row_id)

    @app.task(name="run_training", bind=True)
    def training(task: Task, row_id: str) -> None:
        with _told(task, row_id):
            run_training(shared.resources, row_id)

    return app


class _Shared:
    """The resources of this process, joined when the first task asks."""

    def __init__(self, settings: Settings, resources: Resources | None) -> None:
        self._settings = settings
        self._resources = resources

    @property
    def resources(self) -> Resources:
        if self._resources is None:
            self._resources = join_resources(
                self._settings, CeleryQueue(self._settings), threads=self._settings.worker_threads
            )
        return self._resources


def _told(task: Task, row_id: str) -> Any:
    return bound_contextvars(task_id=task.request.id, task=task.name, row_id=row_id)


def _new_celery(settings: Settings, **transport: float) -> Celery:
    app = Celery("engine", broker=broker_url(settings.redis_url), set_as_current=False)
    app.conf.update(
        task_default_queue=INFERENCE,
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "visibility_timeout": REDELIVERED_AFTER,
            "socket_connect_timeout": CONNECT_SECONDS,
            "global_keyprefix": "engine:",
            **transport,
        },
    )
    return app


def broker_url(redis_url: str) -> str:
    """A setting such as ``unix:///run/valkey.sock?db=1`` as Celery writes it; TCP forms stay as they are."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    database = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={database}"


@signals.setup_logging.connect
def _keep_our_logs(**_: object) -> None:
    """Celery leaves logging alone when somebody listens to this signal."""


def __getattr__(name: str) -> Celery:
    """`celery_app`, made when Celery asks for it and not when a test imports this module."""
    if name != "celery_app":
        raise AttributeError(name)
    settings = load_settings()
    configure_logs(settings)
    globals()[name] = create_worker(settings)
    return globals()[name]
