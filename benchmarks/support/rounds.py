"""Sides measured in turn, and what is said of them: ratios within a round, for the machine may have more to do."""

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter

Measure = Callable[[], float]  # measures once; how much was done per second


def in_turn(sides: Mapping[str, Measure], rounds: int) -> dict[str, list[float]]:
    """Every side once in every round, the order turned round each time; what each measured, by round."""
    measured: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(rounds):
        order = list(sides) if number % 2 == 0 else list(reversed(sides))
        for name in order:
            measured[name].append(sides[name]())
    return measured


def per_second(work: Callable[[], object], amount: int = 1) -> float:
    """How much of `amount` the work does in a second."""
    begun = perf_counter()
    work()
    return amount / (perf_counter() - begun)


def print_rates(title: str, unit: str, measured: Mapping[str, list[float]], peer: str) -> None:
    """A line for each side: the median rate, and the median (least … most) of its ratios to the peer's."""
    rounds = len(measured[peer])
    print(f"\n{title} (medians of {rounds} rounds)\n  {'':46}{unit + '/s':>12}  x {peer}")
    for name, rates in measured.items():
        ratios = [rate / beside for rate, beside in zip(rates, measured[peer], strict=True)]
        spread = f"{median(ratios):6.2f}  ({min(ratios):.2f} … {max(ratios):.2f})" if name != peer else f"{1:6.2f}"
        print(f"  {name:46}{median(rates):12,.1f}  {spread}", flush=True)
