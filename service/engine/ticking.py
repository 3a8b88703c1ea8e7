"""The tick as a process of its own."""

import signal
from threading import Event

from service.engine.queue import CeleryQueue
from service.engine.resources import join_resources
from service.engine.work.tick import run_tick_loop
from service.lasting import keep_what_is_loaded
from service.logs import configure_logs
from service.settings import Settings
from service.telemetry.scraping import serve_metrics
from service.tracing import start_tracing


def tick_until_told(settings: Settings) -> None:
    """Wake the engine's schedulers until a signal says that it is enough."""
    configure_logs(settings)
    start_tracing(settings, "tick")
    serve_metrics(settings, "tick")
    told_to_end = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told_to_end.set())
    resources = join_resources(settings, CeleryQueue(settings), threads=1)
    keep_what_is_loaded()
    run_tick_loop(resources, told_to_end)
