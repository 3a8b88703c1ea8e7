"""From what one execution costs to a hundred thousand schedulers: a simulation of one boundary, and what to add where.

    python benchmarks/scale_model.py
    python benchmarks/scale_model.py --worker-ms 15 --within 60

Every execution passes a tick, the broker, a worker process, PostgreSQL and S3; each part has processor time for so many
a second. The costs are those that benchmarks/scale.py prints, in milliseconds of processor time for one execution of
30 sensors. Windows of one boundary are followed one by one through the ticks and through the slowest of the parts
behind them. `docs/scaling.md` is written from this table.
"""

import argparse
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass

FREQUENCY = 300.0  # seconds, PT5M
SIZES = (100, 300, 1000, 3000, 10_000, 30_000, 100_000)
CONNECTIONS_OF_A_WORKER = 2 * (4 + 8)  # slots and what may go on beside them, each with a lock and a query
EXECUTION_BYTES = 1000  # 632 of a row, and its entries in six indexes


@dataclass(frozen=True)
class Costs:
    """Milliseconds of processor time that one execution takes in each part."""

    tick: float = 1.2
    broker: float = 0.2
    worker: float = 20.0
    database: float = 3.0
    objects: float = 3.0

    @property
    def total(self) -> float:
        return sum(asdict(self).values())


@dataclass(frozen=True)
class Parts:
    """How many ticks, worker processes, and cores of PostgreSQL and S3 there are; the broker uses one core at most."""

    ticks: int
    workers: int
    database: int
    objects: int

    def rate(self, costs: Costs) -> float:
        """Executions per second of the slowest part behind the ticks."""
        return 1000 * min(
            self.workers / costs.worker, self.database / costs.database, self.objects / costs.objects, 1 / costs.broker
        )


@dataclass(frozen=True)
class Boundary:
    """How late the windows of one boundary end, in seconds."""

    mean: float
    worst: float


def lateness(schedulers: int, rate: float, released: float) -> Boundary:
    """Follow the windows of one boundary: a tick releases so many a second, and what comes behind ends so many."""
    end = total = 0.0
    for number in range(schedulers):
        end = max(end, (number + 1) / released) + 1 / rate
        total += end
    return Boundary(total / schedulers, end)


def on_one_machine(schedulers: int, costs: Costs, cores: float) -> Boundary:
    """All parts share the cores; workers run beside the tick."""
    rate = 1000 * cores / costs.total
    return lateness(schedulers, rate, released=max(rate, 1000 / costs.tick))


def needed(schedulers: int, costs: Costs, within: float) -> Parts:
    """The fewest parts that end every window so many seconds after its boundary."""
    rate = schedulers / within
    count = {name: max(1, math.ceil(rate * cost / 1000)) for name, cost in asdict(costs).items()}
    return Parts(2 * count["tick"], count["worker"] + 1, count["database"], count["objects"])  # one may be away


def main() -> None:
    asked = _asked()
    costs = Costs(asked.tick_ms, asked.broker_ms, asked.worker_ms, asked.database_ms, asked.objects_ms)
    print(f"One execution: {costs.total:.1f} ms of processor time. PT5M, all windows due at once.\n")
    print(f"On one machine with {asked.cores:g} cores\n{'schedulers':>12}{'executions/s':>14}{'mean':>9}{'worst':>9}")
    for line in _machine_lines(costs, asked.cores):
        print(line)
    print(f"\nMachines of their own, every window ended within {asked.within:g} s\n{_HEAD}")
    for line in _needed_lines(costs, asked.within):
        print(line)


def _machine_lines(costs: Costs, cores: float) -> Iterator[str]:
    for schedulers in SIZES:
        late = on_one_machine(schedulers, costs, cores)
        behind = "  falls behind: the next boundary comes first" if late.worst > FREQUENCY else ""
        rate = schedulers / late.worst
        yield f"{schedulers:>12,}{rate:>14.1f}{late.mean:>8.1f}s{late.worst:>8.1f}s{behind}"


_HEAD = (
    f"{'schedulers':>12}{'ticks':>7}{'workers':>9}{'PostgreSQL':>12}{'S3':>10}{'broker':>9}"
    f"{'connections':>13}{'rows/day':>11}{'GB/day':>8}{'worst':>8}"
)


def _needed_lines(costs: Costs, within: float) -> Iterator[str]:
    for schedulers in SIZES:
        parts = needed(schedulers, costs, within)
        late = lateness(schedulers, parts.rate(costs), released=1000 * parts.ticks / costs.tick)
        rows = schedulers * 86400 / FREQUENCY
        broker = schedulers / within * costs.broker / 1000
        yield (
            f"{schedulers:>12,}{parts.ticks:>7}{parts.workers:>9}{parts.database:>6} cores{parts.objects:>4} cores"
            f"{broker:>9.0%}{parts.workers * CONNECTIONS_OF_A_WORKER:>13,}{rows / 1e6:>9.1f} M"
            f"{rows * EXECUTION_BYTES / 1e9:>8.1f}{late.worst:>7.1f}s"
        )


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, cost in asdict(Costs()).items():
        parser.add_argument(f"--{name}-ms", type=float, default=cost)
    parser.add_argument("--cores", type=float, default=2, help="of the one machine")
    parser.add_argument("--within", type=float, default=100.0, help="seconds that a boundary may take")
    return parser.parse_args()


if __name__ == "__main__":
    main()
