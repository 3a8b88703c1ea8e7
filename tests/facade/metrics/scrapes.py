"""What `/metrics` answers, read as Prometheus reads it."""

from dataclasses import dataclass
from urllib.request import Request, urlopen

from prometheus_client.parser import text_string_to_metric_families

TOKEN = "0123456789abcdef"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@dataclass(frozen=True)
class Scrape:
    """One answer; `values` by name and labels of each sample."""

    values: dict[tuple[str, frozenset[tuple[str, str]]], float]

    def sum(self, name: str, **labels: str) -> float:
        """Over every series that has at least these labels."""
        wanted = labels.items()
        return sum(
            value for (found, series), value in self.values.items() if found == name and wanted <= dict(series).items()
        )

    def by(self, name: str, *labels: str) -> dict[tuple[str, ...], float]:
        """The series of a metric, by the values of some labels."""
        sums: dict[tuple[str, ...], float] = {}
        for (found, series), value in self.values.items():
            if found == name:
                key = tuple(dict(series)[label] for label in labels)
                sums[key] = sums.get(key, 0.0) + value
        return sums


def read(text: str) -> Scrape:
    """
    Raises:
        ValueError: it is not in the text format of Prometheus.
    """
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    values = {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}
    assert len(values) == len(samples), "a series is there twice"
    return Scrape(values)


def scrape(address: str) -> Scrape:
    with urlopen(Request(f"{address}/metrics", headers=BEARER), timeout=10) as answer:
        return read(answer.read().decode())
