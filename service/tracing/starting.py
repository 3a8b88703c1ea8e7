"""Traces begin with a process, and what is left of them is sent when it ends."""

import atexit

import structlog

from service.settings import Settings
from service.tracing import spans

log = structlog.get_logger(__name__)


def start_tracing(settings: Settings, process: str) -> bool:
    """Send traces of this process, where the settings name a collector. Call it after a fork.

    A collector is often set for everything on a machine, so the lack of the packages keeps nobody from working.
    """
    if not settings.otlp_endpoint:
        return False
    try:
        from service.tracing.opened import open_tracer
    except ImportError as error:
        log.warning(
            "tracing_off",
            reason=f"OTEL_EXPORTER_OTLP_ENDPOINT is set, and the package {error.name} is not installed",
            hint="install the extra: pip install 'lookout-for-machines[tracing]'; or unset the endpoint",
        )
        return False
    spans.turn_on(open_tracer(process))
    atexit.register(spans.finish)
    log.info("tracing_started", process=process)
    return True
