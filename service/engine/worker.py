"""The engine's Celery workers: thin tasks over work.

    celery -A service.engine.worker:celery_app worker --pool threads -Q inference
    celery -A service.engine.worker:celery_app worker --pool threads -Q training

Two workers, so that a training never delays a scheduled run. A message only says that there may be work; the row in
PostgreSQL is the truth, so a message may be lost or come twice, and the broker may be away for a while.
"""

import logging
import os
import signal
from collections.abc import Callable
from functools import partial
from threading import Thread

import structlog
from celery import Celery, Task, signals
from kombu import Queue

from service.correlation import taken_up
from service.engine.queue import CeleryQueue, new_celery
from service.engine.resources import INFERENCE, TRAINING, Resources, join_resources
from service.engine.work.attempts import give_back_all
from service.engine.work.inference.executions import run_execution
from service.engine.work.inference.replays import run_replay
from service.engine.work.inference.slots import BESIDE_AT_MOST, SLOT_SECONDS, in_slot
from service.engine.work.inference.time_limits import TIME_LIMITS
from service.engine.work.ingestion.ingestions import run_ingestion
from service.engine.work.leftovers import remove_leftovers
from service.engine.work.retention import remove_old_executions
from service.engine.work.sharing.exports import run_export
from service.engine.work.sharing.imports import run_import
from service.engine.work.training.trainings import run_training, run_training_piece
from service.lasting import keep_what_is_loaded
from service.logs import configure_logs
from service.settings import Settings, load_settings
from service.telemetry.tasks import counting
from service.telemetry.worker_step import metrics_step
from service.tracing import start_tracing
from service.worker_ending import end_in_time

__all__ = ["CeleryQueue", "create_worker"]

CHATTER = ("celery.worker.strategy", "celery.app.trace")  # a line per message; what matters work says itself
WAIT_SECONDS = 30.0  # for the broker's answer; longer than a worker blocks on an empty queue

log = structlog.get_logger(__name__)

WORK: dict[str, Callable[[Resources, str], None]] = {
    "run_execution": lambda resources, row_id: in_slot(partial(run_execution, resources, int(row_id)), SLOT_SECONDS),
    "run_replay": run_replay,
    "run_ingestion": run_ingestion,
    "run_training": run_training,
    "run_training_piece": run_training_piece,
    "run_import": run_import,
    "run_export": run_export,
    "remove_leftovers": lambda resources, _: remove_leftovers(resources),
    "remove_old_executions": lambda resources, _: remove_old_executions(resources),
}


def create_worker(settings: Settings, resources: Resources | None = None) -> Celery:
    """The app of a worker process, with a task for each kind of work; nothing is connected yet."""
    app = new_celery(settings, socket_timeout=WAIT_SECONDS)
    app.conf.task_queues = [Queue(INFERENCE), Queue(TRAINING)]
    app.steps["worker"].add(metrics_step(settings))
    shared = resources or join_resources(
        settings, CeleryQueue(settings), threads=settings.worker_threads + BESIDE_AT_MOST
    )
    for name in WORK:
        _add_task(app, name, shared)
    signals.worker_shutting_down.connect(lambda **_: _give_back(shared), weak=False)
    return app


def _add_task(app: Celery, name: str, resources: Resources) -> None:
    @app.task(name=name, bind=True, shared=False)
    def run(task: Task, row_id: str) -> None:
        headers = task.request.headers
        with taken_up(name, task.request.id, headers, row_id=row_id), counting(name):
            WORK[name](resources, row_id)


def _give_back(resources: Resources) -> None:
    """What is in hand at an orderly end may be cut off by a kill in the end, and that is not held against it.

    In a thread: this is called inside the handler of a Unix signal, which must not wait.
    """
    Thread(target=give_back_all, args=(resources,), daemon=True).start()


def _replace_process(lost: int) -> None:
    """End in good order, for whoever started this process to start it again: threads that hang go with it."""
    log.error("worker_ends_itself", threads_that_hang=lost)
    TIME_LIMITS.when_lost = lambda _: None
    os.kill(os.getpid(), signal.SIGTERM)


@signals.setup_logging.connect
def _keep_our_logs(**_: object) -> None:
    """Celery leaves logging alone when somebody listens to this signal."""


def __getattr__(name: str) -> Celery:
    """`celery_app`, made when Celery asks for it and not when a test imports this module."""
    if name != "celery_app":
        raise AttributeError(name)
    settings = load_settings()
    configure_logs(settings)
    for name_of_logger in CHATTER:
        logging.getLogger(name_of_logger).setLevel(logging.WARNING)
    start_tracing(settings, "engine-worker")
    end_in_time(settings)
    signals.worker_ready.connect(keep_what_is_loaded)
    TIME_LIMITS.when_lost = _replace_process
    globals()[name] = create_worker(settings)
    return globals()[name]
