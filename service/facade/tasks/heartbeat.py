"""The part of a worker that says that it is alive, from a thread of its own: busy workers beat, too."""

import os
from threading import Event, Thread
from typing import Any

from celery import bootsteps

from service.facade.resources import Resources
from service.facade.usecases.heartbeats import BEAT_SECONDS, Heartbeat


def heartbeat_step(resources: Resources) -> type[bootsteps.StartStopStep]:
    """What `app.steps["worker"]` takes."""

    class Beating(bootsteps.StartStopStep):
        requires = ("celery.worker.components:Pool",)

        def __init__(self, worker: Any, **options: Any) -> None:
            super().__init__(worker, **options)
            self.told_to_end = Event()
            self.heartbeat = Heartbeat(resources, f"{worker.hostname}:{os.getpid()}", resources.clock())

        def start(self, worker: Any) -> None:
            Thread(target=self._run, name="heartbeat", daemon=True).start()

        def stop(self, worker: Any) -> None:
            self.told_to_end.set()
            self.heartbeat.end()

        def _run(self) -> None:
            while not self.told_to_end.is_set():
                self.heartbeat.beat()
                self.told_to_end.wait(BEAT_SECONDS)

    return Beating
