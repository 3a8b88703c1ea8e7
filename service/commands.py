"""The command line of each of our own processes, the same for the supervisor and for a container."""

import socket
import sys

from service.settings import Settings

_PYTHON = sys.executable
_CELERY = (_PYTHON, "-m", "celery", "--app")
_APPLICATIONS = {
    "engine-worker": "service.engine.worker:celery_app",
    "engine-trainer": "service.engine.worker:celery_app",
    "facade-worker": "service.facade.worker:celery_app",
}


def commands(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Every process by name: `lookout run NAME` becomes it."""
    return {
        "engine": _http("service.engine.app", settings.bind_host, settings.engine_port),
        "engine-worker": _celery("engine-worker", settings, "--queues", "inference"),
        "engine-trainer": _celery("engine-trainer", settings, "--queues", "training"),
        "tick": (_PYTHON, "-m", "service.cli", "tick"),
        "facade": _http("service.facade.app", settings.bind_host, settings.facade_port, *_threads(settings)),
        "facade-worker": _celery("facade-worker", settings, "--queues", "facade"),
    }


def health_url(settings: Settings, name: str) -> str:
    """Where a process that speaks HTTP says on its own machine that it is alive; empty for the others."""
    port = {"engine": settings.engine_port, "facade": settings.facade_port}.get(name)
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.bind_host, settings.bind_host)
    return f"http://{host}:{port}/healthz" if port else ""


def ping_command(name: str) -> tuple[str, ...]:
    """What asks a Celery worker of this machine whether it is alive."""
    return (*_CELERY, _APPLICATIONS[name], "--quiet", "inspect", "ping", "--destination", _node(name), "--timeout", "5")


def _http(module: str, host: str, port: int, *more: str) -> tuple[str, ...]:
    listen = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    application = f"{module}:create_wsgi_app()"
    return (_PYTHON, "-m", "gunicorn", "--config", "python:service.http_server", "--bind", listen, *more, application)


def _threads(settings: Settings) -> tuple[str, str]:
    """Those for streams are on top: whoever listens takes none from the others."""
    return "--threads", str(settings.http_threads + settings.max_streams)


def _celery(name: str, settings: Settings, *more: str) -> tuple[str, ...]:
    return (
        *_CELERY, _APPLICATIONS[name], "--quiet", "worker", "--hostname", _node(name),
        "--pool", "threads", "--concurrency", str(settings.worker_threads),
        "--without-gossip", "--without-mingle", "--loglevel", settings.log_level, *more,
    )  # fmt: skip


def _node(name: str) -> str:
    return f"{name}@{socket.gethostname()}"
