"""Redis as the broker of Celery, in either house."""

from urllib.parse import parse_qs, urlsplit

from kombu.transport.redis import QoS

# When Redis goes away, kombu would put back what a worker has in hand, over the connection that is gone, and end the
# worker by its own error. Rows are the truth: the next sweep sends what is not done.
QoS.restore_at_shutdown = False


def broker_url(redis_url: str) -> str:
    """A setting such as ``unix:///run/valkey.sock?db=1`` as Celery writes it; other URLs stay as they are."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    database = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={database}"
