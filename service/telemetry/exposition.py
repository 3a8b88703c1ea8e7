"""What `/metrics` answers: the events counted here and in the processes beside this one, and figures of this moment."""

import fcntl
import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector

from service import __version__
from service.telemetry import shared_files
from service.telemetry.declaring import REGISTRY


@dataclass(frozen=True)
class Figure:
    """A gauge that was asked for when somebody scraped: `lookout_<name>`; `values` by the values of its labels."""

    name: str
    meaning: str
    labels: Sequence[str] = ()
    values: dict[tuple[str, ...], float] = field(default_factory=dict)


def exposition(accept: str, process: str, figures: Iterable[Figure] = ()) -> tuple[bytes, str]:
    """Everything there is to tell about this process.

    Args:
        accept: the header of the request; Prometheus asks for OpenMetrics.
        process: its name, as in `lookout run NAME`.
        figures: what else is known at this moment.

    Returns:
        The text, and its content type.
    """
    encode, content_type = choose_encoder(accept)
    everything = CollectorRegistry()
    everything.register(_Once([*_counted(), *_of_process(process), *map(_family, figures)]))
    return encode(everything), content_type


@dataclass(frozen=True, eq=False)
class _Once:
    """A collector over what has been collected."""

    families: list[Metric]

    def collect(self) -> list[Metric]:
        return self.families


def _counted() -> list[Metric]:
    shared = shared_files.folder()
    if shared is None:
        return list(REGISTRY.collect())
    with shared_files.locked(shared, fcntl.LOCK_SH):
        begun = [str(file) for file in shared.glob("*.db") if file.stat().st_size]  # a file is empty for a moment
        return list(MultiProcessCollector.merge(begun))


def _of_process(process: str) -> Iterator[Metric]:
    """Version and start; memory and processor time where one process is all there is."""
    labels = {"process": process, "version": __version__, "python": platform.python_version()}
    yield _family(Figure("build_info", "What runs here; always 1.", tuple(labels), {tuple(labels.values()): 1}))
    alone = shared_files.folder() is None
    for family in ProcessCollector(pid=os.getpid if alone else os.getppid, registry=_nowhere()).collect():
        if alone or family.name == "process_start_time_seconds":
            yield family
    if alone:
        yield from GCCollector(registry=_nowhere()).collect()


def _nowhere() -> CollectorRegistry:
    return CollectorRegistry()


def _family(figure: Figure) -> Metric:
    family = GaugeMetricFamily(f"lookout_{figure.name}", figure.meaning, labels=tuple(figure.labels))
    for labels, value in figure.values.items():
        family.add_metric([str(label) for label in labels], value)
    return family
