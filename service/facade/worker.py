"""The Celery worker of the facade: `celery -A service.facade.worker:celery_app worker --pool threads`."""

import logging

import structlog
from celery import Celery, bootsteps, signals
from celery.beat import EmbeddedService
from kombu import Queue as CeleryQueueName

from service.facade.problems import Problem
from service.facade.resources import Resources, join
from service.facade.tasks import healing, imports, notifications, operations, predictions, replays, uploads, webhooks
from service.facade.tasks.celery_app import QUEUE, new_celery
from service.facade.tasks.heartbeat import heartbeat_step
from service.facade.tasks.queue import connect_queue
from service.lasting import keep_what_is_loaded
from service.logs import configure_logs
from service.settings import Settings, load_settings
from service.telemetry.worker_step import metrics_step
from service.tracing import start_tracing
from service.worker_ending import end_in_time

TASK_MODULES = (operations, uploads, predictions, imports, replays, healing, notifications, webhooks)
_NOISY = ("celery.beat", "celery.worker.strategy", "celery.app.trace")

log = structlog.get_logger(__name__)


def create_worker(settings: Settings, resources: Resources | None = None) -> Celery:
    """An app with every task and the timetable.

    A task module has `register(app, resources)` and `TIMETABLE`, seconds by task name: the periodic tasks. They are
    guarded by claims, so the timetables of several workers do no harm, and a message nobody took in time is dropped.
    """
    app = new_celery(settings, socket_timeout=30)
    joined = resources or join(settings, connect_queue(settings))
    for module in TASK_MODULES:
        module.register(app, joined)
    app.steps["worker"].update((Timetable, metrics_step(settings), heartbeat_step(joined)))
    app.conf.task_queues = [CeleryQueueName(QUEUE)]
    app.conf.beat_schedule = {
        task: {"task": task, "schedule": seconds, "options": {"expires": seconds}}
        for module in TASK_MODULES
        for task, seconds in module.TIMETABLE.items()
    }
    return app


class Timetable(bootsteps.StartStopStep):
    """Sends what is due from a thread of the worker. Celery's own `--beat` forks a process out of one that has threads
    already, which may hang, and which a killed worker leaves behind."""

    requires = ("celery.worker.components:Pool",)

    def create(self, worker: object) -> object:
        return EmbeddedService(worker.app, thread=True, scheduler_cls="celery.beat:Scheduler")


@signals.setup_logging.connect
def _keep_our_logs(**_: object) -> None:
    """Celery leaves logging alone when somebody listens to this signal. Its lines about each message are left out."""
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


def __getattr__(name: str) -> Celery:
    """`celery_app`, made when Celery asks for it and not when a test imports this module."""
    if name != "celery_app":
        raise AttributeError(name)
    settings = load_settings()
    configure_logs(settings)
    start_tracing(settings, "facade-worker")
    end_in_time(settings)
    signals.worker_ready.connect(keep_what_is_loaded)
    resources = join(settings, connect_queue(settings))
    _prepare(resources)
    globals()[name] = create_worker(settings, resources)
    return globals()[name]


def _prepare(resources: Resources) -> None:
    try:
        resources.buckets.ensure_staging()
    except Problem as problem:
        log.warning("staging_bucket_not_ready", problem=problem.slug, detail=problem.detail)
