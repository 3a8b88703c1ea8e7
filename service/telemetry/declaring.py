"""Counters, gauges and histograms of this process. Declare each once, when its module is imported."""

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

__all__ = ["CALLS", "REGISTRY", "REQUESTS", "WORK", "Counter", "Gauge", "Histogram", "counter", "gauge", "histogram"]
# Upper ends of buckets in seconds. Those of requests begin where a cached answer lies, those of work where a poll does.
REQUESTS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
CALLS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
WORK = (0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900)

disable_created_metrics()
REGISTRY = CollectorRegistry()


def counter(name: str, meaning: str, labels: Sequence[str] = ()) -> Counter:
    """What only grows: `lookout_<name>_total`. Series without labels are there from the start, as 0."""
    return Counter(name, meaning, labels, namespace="lookout", registry=REGISTRY)


def gauge(name: str, meaning: str, labels: Sequence[str] = ()) -> Gauge:
    """What goes up and down: `lookout_<name>`. Of several processes that share a port, those alive are added up."""
    return Gauge(name, meaning, labels, namespace="lookout", registry=REGISTRY, multiprocess_mode="livesum")


def histogram(name: str, meaning: str, labels: Sequence[str], buckets: Sequence[float]) -> Histogram:
    """How long something took, in seconds, or how much it was: `lookout_<name>_bucket`, `…_count`, `…_sum`."""
    return Histogram(name, meaning, labels, namespace="lookout", registry=REGISTRY, buckets=buckets)
