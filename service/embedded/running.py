"""What `lookout up` or `lookout demo` runs on this machine, found and left as it is."""

import os
from dataclasses import replace
from pathlib import Path

from service.commands import health_url
from service.embedded import postgres, s3, valkey
from service.embedded.program import EmbeddedError
from service.embedded.stack import ENGINE_DATABASE, FACADE_DATABASE
from service.settings import Settings


def runs_on(data: Path) -> bool:
    """Whether a supervisor holds this data folder; see `sole_user_of`."""
    try:
        os.kill(int((data / "lock").read_text()), 0)
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return True


def running_settings(given: Settings) -> Settings:
    """The settings with every gap filled by what runs on this machine. Unlike `completed`, it makes nothing."""
    filled = {
        "lookoutequipment_endpoint_url": health_url(given, "engine").removesuffix("/healthz"),
        "redis_url": valkey.valkey_url(_sockets(given, "valkey")),
        "engine_database_url": postgres.postgres_url(_sockets(given, "postgres"), ENGINE_DATABASE),
        "facade_database_url": postgres.postgres_url(_sockets(given, "postgres"), FACADE_DATABASE),
        "s3_endpoint_url": s3.s3_url(given.s3_port),
    }
    if not given.s3_endpoint_url:
        filled |= {"aws_access_key_id": s3.DEFAULT_KEY_ID, "aws_secret_access_key": s3.DEFAULT_SECRET}
    return replace(given, **{name: value for name, value in filled.items() if not getattr(given, name)})


def running_facade_database(given: Settings) -> str:
    """The URL of the facade's database on this machine, as `lookout up` runs it.

    Raises:
        EmbeddedError: nothing runs on this data folder.
    """
    sockets = _sockets(given, "postgres")
    url = postgres.postgres_url(sockets, FACADE_DATABASE)
    if not (sockets / f".s.PGSQL.{postgres.PORT}").exists() or not postgres.answers(url):
        raise EmbeddedError(
            f"nothing runs on {given.data_path}: start `lookout up` or `lookout demo` first, or name the facade's"
            " database with LOOKOUT_FACADE_DATABASE_URL"
        )
    return url


def _sockets(given: Settings, server: str) -> Path:
    return (given.data_path / "run" / server).resolve()
