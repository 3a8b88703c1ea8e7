"""What the facade counts: every event that operators ask about, with the few values that its labels may have."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from service.telemetry.declaring import CALLS, counter, gauge, histogram

_UPSTREAM = ("service", "operation")
_calls = counter("upstream_calls", "Calls of the engine and of S3, by how they ended.", (*_UPSTREAM, "outcome"))
_call_seconds = histogram(
    "upstream_call_duration_seconds", "From the first try of a call to its last answer.", _UPSTREAM, CALLS
)
_describes = counter(
    "describe_cache_lookups",
    "Describes: ready (answered before Flask), hit, miss, bypass (no-cache), away (no Redis).",
    ("result",),
)
_uploads = counter("uploads", "Uploads that ended: succeeded, repeated, failed, cancelled.", ("outcome",))
_upload_bytes = counter("upload_accepted_bytes", "Bytes of uploads that were accepted, as they were sent.")
_upload_files = counter("upload_files_written", "Input files that uploads wrote.")
_results = counter("results_collected", "Result objects that were read: readable, unreadable, refused.", ("outcome",))
_predictions = counter("predictions_collected", "Rows of predictions read from results, those of a replay again.")
_anomalies = counter("anomalies_collected", "Rows among them that say anomaly.")
_notifications = counter("notifications", "Notifications that the feed took up.", ("type",))
_deliveries = counter(
    "webhook_deliveries", "Attempts to deliver: succeeded, failed (tried again), given_up, refused.", ("outcome",)
)
_delivery_seconds = histogram("webhook_delivery_duration_seconds", "Of one attempt.", (), CALLS)
_streams = gauge("streams_open", "Streams of notifications that are being read.")
_connections = gauge("database_connections_in_use", "Connections to PostgreSQL that a thread holds.", ("pool",))

describe_was_ready = _describes.labels("ready").inc


def count_upstream_call(service: str, operation: str, outcome: str, seconds: float) -> None:
    """`outcome` is `ok`, `refused`, `denied`, `throttled`, `failed`, `timeout` or `unreachable`."""
    _calls.labels(service, operation, outcome).inc()
    _call_seconds.labels(service, operation).observe(seconds)


def count_describe(result: str) -> None:
    _describes.labels(result).inc()


def count_accepted(sizes: Iterable[int]) -> None:
    """An upload of files of these sizes, in bytes, is going to be worked on."""
    _upload_bytes.inc(sum(sizes))


def count_upload(outcome: str, files_written: int = 0) -> None:
    """An upload has ended."""
    _uploads.labels(outcome).inc()
    _upload_files.inc(files_written)


def count_results(outcome: str, results: int, predictions: int = 0, anomalies: int = 0) -> None:
    """Result objects of one kind, and what they held."""
    _results.labels(outcome).inc(results)
    _predictions.inc(predictions)
    _anomalies.inc(anomalies)


def count_notifications(types: Iterable[str]) -> None:
    for one in types:
        _notifications.labels(one).inc()


def count_webhook_delivery(outcome: str, seconds: float) -> None:
    """One attempt has ended: `succeeded`, `failed`, `given_up` (the last one failed), `refused` (not tried)."""
    _deliveries.labels(outcome).inc()
    _delivery_seconds.observe(seconds)


@contextmanager
def open_stream() -> Iterator[None]:
    """Around the life of one stream of notifications."""
    _streams.inc()
    try:
        yield
    finally:
        _streams.dec()


def connection_taken(pool: str) -> None:
    _connections.labels(pool).inc()


def connection_returned(pool: str) -> None:
    _connections.labels(pool).dec()
