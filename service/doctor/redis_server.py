"""Redis: whether it can be reached and written to, and keeps the tasks that it is given."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError, ResponseError
from redis.exceptions import TimeoutError as NoAnswer
from redis.retry import Retry

from service.doctor.findings import Finding, View, failed, ok, warning

OLDEST_VERSION = (6, 2)
_SECONDS = 3.0
_FULL = 0.9
_KEEPS_ALL = "noeviction"
_PROBE = "lookout:doctor"


def look_at_redis(view: View) -> Iterator[Finding]:
    url = view.settings.redis_url
    client = Redis.from_url(url, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS, retry=Retry(NoBackoff(), 0))
    try:
        client.ping()
        about: dict[str, Any] = client.info()
        client.set(_PROBE, "written", ex=60)
        yield from _keeps_tasks(about)
        yield from _old(about)
        yield ok(f"{about.get('server_name', 'redis').capitalize()} {_version(about)} at {_where(url)}.")
    except (RedisError, OSError) as error:
        yield _refused(error, _where(url))
    finally:
        client.close()


def _keeps_tasks(about: dict[str, Any]) -> Iterator[Finding]:
    policy, most = about.get("maxmemory_policy", _KEEPS_ALL), int(about.get("maxmemory", 0))
    if policy != _KEEPS_ALL:
        detail = f"Redis may drop waiting tasks when its memory is full: maxmemory-policy is {policy}."
        mend = f"redis-cli CONFIG SET maxmemory-policy {_KEEPS_ALL}, and the same in its configuration file."
        yield failed(detail, mend) if most else warning(detail, mend)
    if most and int(about.get("used_memory", 0)) > _FULL * most:
        yield warning(
            f"Redis uses {about['used_memory_human']} of {about['maxmemory_human']}; when that is full, writes fail.",
            "Raise maxmemory, or see why tasks pile up: are the workers running?",
        )


def _old(about: dict[str, Any]) -> Iterator[Finding]:
    if tuple(int(part) for part in about["redis_version"].split(".")[:2]) < OLDEST_VERSION:
        yield warning(f"Redis {about['redis_version']} is old.", "Upgrade to Redis 6.2 or Valkey, or later.")


def _refused(error: Exception, where: str) -> Finding:
    said = str(error).rstrip(".")
    if isinstance(error, AuthenticationError) or "NOAUTH" in said or "Authentication" in said:
        return failed(f"Redis at {where} refuses our password: {said}.", "Put the right one into REDIS_URL.")
    if isinstance(error, NoPermissionError):
        return failed(f"Redis at {where} does not let us write: {said}.", "Give its user more rights (ACL SETUSER).")
    if isinstance(error, NoAnswer):
        return failed(f"Redis at {where} does not answer: it hangs.", "Restart Redis.")
    if isinstance(error, ResponseError):
        return failed(
            f"Redis at {where} takes no writes: {said}.", "Give it disk and memory; a replica is the wrong one."
        )
    return failed(f"Redis at {where} cannot be reached: {said}.", "Start Redis, or name another with REDIS_URL.")


def _version(about: dict[str, Any]) -> str:
    return about.get("valkey_version") or about["redis_version"]


def _where(url: str) -> str:
    """Without user and password."""
    parts = urlsplit(url)
    return parts.path if parts.scheme == "unix" else f"{parts.hostname or 'localhost'}:{parts.port or 6379}"
