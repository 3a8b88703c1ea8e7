"""Requests that an HTTP process has answered. The cached describe is counted here too: a few microseconds each."""

from functools import cache

from service.telemetry.declaring import REQUESTS, Counter, Histogram, counter, gauge, histogram

UNMATCHED = "unmatched"
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_requests = counter("http_requests", "Requests that were answered.", ("method", "route", "status"))
_seconds = histogram(
    "http_request_duration_seconds", "From a request's head to the head of its answer.", ("method", "route"), REQUESTS
)
http_workers = gauge("http_workers", "HTTP worker processes that are alive.")


def count_request(method: str, route: str | None, status: int, seconds: float) -> None:
    """Count an answer. `route` is the template of its address, None where there is none: an address is no label."""
    requests, duration = _series(method if method in _METHODS else "other", route or UNMATCHED, status)
    requests.inc()
    duration.observe(seconds)


@cache
def _series(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """As many as there are routes, methods and statuses."""
    return _requests.labels(method, route, str(status)), _seconds.labels(method, route)
