"""Redis as the broker of Celery, in either house."""

from urllib.parse import parse_qs, urlsplit

from kombu import Connection
from kombu.exceptions import KombuError
from kombu.transport.virtual import QoS

# A message that was taken is gone from Redis. Kombu would note it there until it is done, over the connection that
# brought it, and end the worker by its own error where that one is lost by then. Rows are the truth: the next sweep
# sends again what is not done.
TRANSPORT = {"ack_emulation": False}
QoS.restore_at_shutdown = False  # nor is anything put back over a lost connection


def broker_url(redis_url: str) -> str:
    """A setting such as ``unix:///run/valkey.sock?db=1`` as Celery writes it; other URLs stay as they are."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    database = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={database}"


def failures(connection: Connection) -> tuple[type[Exception], ...]:
    """What may be raised when Redis goes away: kombu lets some errors of the Redis client through."""
    return (KombuError, OSError, *connection.connection_errors)
