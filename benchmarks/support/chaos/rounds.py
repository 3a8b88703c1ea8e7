"""Rounds of chaos: a scene is made, work is in flight, something is taken away and comes back, and all is checked."""

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from random import Random
from threading import Event
from time import monotonic, sleep
from typing import Any

from support.chaos.flights import Ledger, Scene, Traffic
from support.chaos.invariants import Evidence, violations
from support.chaos.plant import WINDOW, Plant, Sheet, last_boundary
from support.chaos.rest import Rest
from support.chaos.stack import Stack

_AT_ONCE = 12
_FLIGHT_SECONDS = 120.0
_BLOWS = {
    **{
        f"kill {name}": name
        for name in ("facade", "facade-worker", "redis", "database", "s3", "engine", "engine-worker", "engine-database")
    },
    **{f"freeze {name}": name for name in ("redis", "database", "s3", "engine", "engine-database", "facade-worker")},
    **{f"cut {name}": name for name in ("redis", "database", "s3", "engine")},
    **{f"lose {name}": name for name in ("database", "s3", "engine")},
    **{f"slow {name}": name for name in ("redis", "database", "s3", "engine")},
}


@dataclass(frozen=True)
class Outcome:
    """One round: what was done to whom, what was in flight, how callers were answered, what does not hold."""

    number: int
    blows: tuple[str, ...]
    away_seconds: float
    acknowledged: Counter
    answers: Counter
    seconds: float
    violations: list[str]


@dataclass(frozen=True)
class Field:
    """A stack in which rounds can be played, with what an undisturbed run gives."""

    stack: Stack
    plant: Plant
    credentials: dict[str, str]
    present: Sheet
    past: tuple[Sheet, ...]
    reference: dict[Sheet, dict[str, bytes]]
    replayed: dict[str, bytes]

    def traffic(self) -> Traffic:
        return Traffic(Rest(self.stack.settings.facade_port, self.credentials), Ledger())


def prepare(stack: Stack, credentials: dict[str, str], windows: int = 60) -> Field:
    """Train the models, and note what uploads and a replay give while all is well.

    Args:
        windows: how many there are readings for; the first twelve are over, and rounds end before the last one does.
    """
    base = last_boundary() - 12 * WINDOW
    plant = Plant(stack.straight)
    plant.train(base)
    present = Sheet(base, windows)
    past = tuple(Sheet(base - (100 * day) * WINDOW, 12) for day in range(1, 5))
    field = Field(stack, plant, credentials, present, past, {}, {})
    calm, scene = field.traffic(), Scene(0, base, present, past)
    calm.create("reference", "model-d")
    for sheet in (present, *past):
        field.reference[sheet] = _files_of(calm, plant, sheet)
    calm.see_off("replays", calm.replay("reference", base, scene.replayed.end))
    field.replayed.update(plant.objects("reference/out/"))
    calm.delete("reference")
    return field


def play(field: Field, number: int, blows: tuple[str, ...], chance: Random) -> Outcome:
    """One round. What is wrong at its end is told, not raised."""
    began, traffic, landed = monotonic(), field.traffic(), Event()
    scene = Scene(number, field.present.start, field.present, field.past)
    away = 0.0
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        _all(pool, scene.prepare(traffic))
        flights = [pool.submit(flight) for flight in scene.flights(field.stack, traffic, landed.is_set)]
        try:
            away = _strike(field.stack, blows, chance)
            wait(flights[:-1], timeout=_FLIGHT_SECONDS)
        finally:
            landed.set()
        faults = _ended_by_themselves(field.stack)
        faults += [repr(fault) for flight in flights if (fault := flight.exception(timeout=30))]
        evidence = Evidence(field.stack, field.plant, traffic, field.reference, field.replayed)
        faults += violations(evidence, scene)
        _all(pool, scene.clear(traffic))
    kinds = Counter(kind for kind in ("operations", "uploads", "replays") for _ in traffic.ledger.of(kind))
    answers = Counter(answer.status for answer in traffic.rest.seen)
    return Outcome(number, blows, away, kinds, answers, monotonic() - began, faults)


def draw(chance: Random) -> tuple[str, ...]:
    """One or two blows; no two at the same neighbour."""
    first, second = chance.sample(sorted(_BLOWS), 2)
    return (first, second) if chance.random() < 0.4 and _BLOWS[first] != _BLOWS[second] else (first,)


def _strike(stack: Stack, blows: tuple[str, ...], chance: Random) -> float:
    """Take things away in the midst of the work, and bring them back. From the main thread: see `Neighbour`."""
    began = monotonic()
    for blow in blows:
        sleep(chance.uniform(0.0, 0.6))
        kind, _, name = blow.partition(" ")
        match kind:
            case "kill":
                stack[name].kill()
            case "freeze":
                stack[name].freeze()
            case "cut":
                stack.lines[name].cut()
            case "lose":
                stack.lines[name].lose()
            case "slow":
                stack.lines[name].slow(chance.uniform(0.05, 0.3))
    sleep(chance.uniform(0.3, 3.0))
    stack.mend()
    return monotonic() - began


def _ended_by_themselves(stack: Stack) -> list[str]:
    """What should run and does not; it is started again."""
    gone = [neighbour for neighbour in stack.neighbours.values() if not neighbour.runs]
    stack.mend()
    return [f"{neighbour.name} ended by itself: {neighbour.log.name}" for neighbour in gone]


def _files_of(calm: Traffic, plant: Plant, sheet: Sheet) -> dict[str, bytes]:
    before = plant.keys("reference/in/")
    calm.see_off("uploads", calm.upload("reference", sheet))
    return plant.objects("reference/in/", but=before)


def _all(pool: ThreadPoolExecutor, pieces: Iterable[Callable[[], Any]]) -> None:
    for piece in [pool.submit(piece) for piece in pieces]:
        piece.result(timeout=_FLIGHT_SECONDS)
