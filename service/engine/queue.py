"""The queue that nudges go through: Celery, for sending only. Light, for the HTTP processes send too."""

from time import monotonic

import structlog
from celery import Celery

from service.correlation import sending
from service.engine.resources import INFERENCE
from service.redis_broker import TRANSPORT, broker_url, failures
from service.settings import Settings

CONNECT_SECONDS = 0.3
SEND_SECONDS = 1.0
QUIET_SECONDS = 2.0  # after a failure the broker is left alone for so long

log = structlog.get_logger(__name__)


class CeleryQueue:
    """Sends nudges. A broker that is away costs one short wait, then nothing for a while; the sweep sends again."""

    def __init__(self, settings: Settings) -> None:
        self._app = new_celery(settings, socket_timeout=SEND_SECONDS, max_retries=0, interval_start=0)
        self._quiet_until = 0.0

    def send(self, queue: str, task: str, row_id: str) -> None:
        if monotonic() < self._quiet_until:
            return
        try:
            with sending(task) as headers:
                self._app.send_task(task, args=(row_id,), queue=queue, retry=False, ignore_result=True, headers=headers)
        except failures(self._app.connection_for_write()) as error:
            self._quiet_until = monotonic() + QUIET_SECONDS
            log.warning("nudge_not_sent", task=task, row_id=row_id, error=str(error))

    def waiting(self, queue: str) -> int:
        """How many messages of that queue no worker has taken; 0 while the broker is away."""
        if monotonic() < self._quiet_until:
            return 0
        try:
            with self._app.pool.acquire(block=True) as connection:
                return connection.default_channel.client.llen(queue)
        except failures(self._app.connection_for_write()):
            return 0


def new_celery(settings: Settings, **transport: float) -> Celery:
    """An app without tasks. Rows are the truth, so results are not kept and a lost message does no harm."""
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
            **TRANSPORT,
            "socket_connect_timeout": CONNECT_SECONDS,
            "global_keyprefix": "engine:",
            **transport,
        },
    )
    return app
