"""The command line of each of our own processes, the same for the supervisor and for a container."""

import sys

from service.settings import Settings

_PYTHON = sys.executable


def commands(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Every process by name: `lookout run NAME` becomes it."""
    return {
        "engine": _http("service.engine.app", settings.bind_host, settings.engine_port),
        "engine-worker": _celery("service.engine.worker", "engine-worker", settings, "--queues", "inference"),
        "engine-trainer": _celery("service.engine.worker", "engine-trainer", settings, "--queues", "training"),
        "tick": (_PYTHON, "-m", "service.cli", "tick"),
        "facade": _http("service.facade.app", settings.bind_host, settings.facade_port),
        "facade-worker": _celery(
            "service.facade.worker", "facade-worker", settings,
            "--queues", "facade", "--beat", "--scheduler", "celery.beat.Scheduler",  # keeps nothing on disk
        ),
    }  # fmt: skip


def _http(module: str, host: str, port: int) -> tuple[str, ...]:
    listen = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    application = f"{module}:create_wsgi_app()"
    return (_PYTHON, "-m", "gunicorn", "--config", "python:service.http_server", "--bind", listen, application)


def _celery(module: str, name: str, settings: Settings, *more: str) -> tuple[str, ...]:
    return (
        _PYTHON, "-m", "celery", "--app", f"{module}:celery_app", "--quiet", "worker",
        "--pool", "threads", "--concurrency", str(settings.worker_threads), "--hostname", f"{name}@%h",
        "--without-gossip", "--without-mingle", "--loglevel", settings.log_level, *more,
    )  # fmt: skip
