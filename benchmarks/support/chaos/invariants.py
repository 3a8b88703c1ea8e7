"""What must hold when everything is back: nothing acknowledged is lost, nothing was done twice."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from time import monotonic, sleep
from typing import Any

import psycopg

from support.chaos.flights import ENDED, WELL, Acknowledged, Ledger, Scene, Traffic, kind_of
from support.chaos.plant import Plant, Sheet
from support.chaos.rest import LONGEST_SECONDS
from support.chaos.stack import Stack

SETTLE_SECONDS = 90.0
Reference = dict[Sheet, dict[str, bytes]]  # the input files of each sheet, by name
_DUE_AT_LEAST = 5


@dataclass(frozen=True)
class Evidence:
    """Where the truth is looked for."""

    stack: Stack
    plant: Plant
    traffic: Traffic
    reference: Reference
    replayed: dict[str, bytes]  # the results of the undisturbed replay, by name

    @property
    def ledger(self) -> Ledger:
        return self.traffic.ledger


def violations(evidence: Evidence, scene: Scene) -> list[str]:
    """Everything that does not hold, a sentence each."""
    checks = (_taken, _ends, _files, _windows, _replays, _repetitions, _counts, _durations)
    return [sentence for check in checks for sentence in check(evidence, scene)]


def _taken(evidence: Evidence, scene: Scene) -> Iterator[str]:
    yield from (f"refused: {sentence}" for sentence in evidence.ledger.refused)


def _ends(evidence: Evidence, scene: Scene) -> Iterator[str]:
    """Everything that was begun has come to a good end."""
    for one in evidence.ledger.taken:
        where = f"/v1/{kind_of(one.change)}/{one.begun['id']}"
        seen = _settled(lambda where=where: evidence.traffic.rest.get_json(where), lambda it: it["status"] in ENDED)
        if seen["status"] not in WELL:
            yield f"{one.change.path} ended as {json.dumps(seen)}"


def _files(evidence: Evidence, scene: Scene) -> Iterator[str]:
    """The input files of every upload are those of the undisturbed run, and there are no others."""
    uploads: dict[str, dict[str, bytes]] = {}
    for one in evidence.ledger.of("uploads"):
        uploads.setdefault(one.begun["inference_scheduler_name"], {}).update(evidence.reference[one.sheet])
    for name, expected in uploads.items():
        found = evidence.plant.objects(f"{name}/in/")
        if found != expected:
            yield f"{name}: {_difference(found, expected)}"


def _windows(evidence: Evidence, scene: Scene) -> Iterator[str]:
    """Every due window has one execution; its predictions are in the store once, as the result objects have them."""
    name = scene.name("scored")
    executions = _settled(
        lambda: evidence.plant.executions(name),
        lambda them: len(them) >= _DUE_AT_LEAST and all(one["Status"] != "IN_PROGRESS" for one in them),
    )
    starts = Counter(execution["DataStartTime"] for execution in executions)
    yield from (f"{name}: {count} executions of {start}" for start, count in starts.items() if count > 1)
    failed = [execution for execution in executions if execution["Status"] != "SUCCESS"]
    yield from (f"{name}: {one['DataStartTime']} {one['Status']}: {one.get('FailedReason')}" for one in failed)
    yield from _collected(evidence, name)


def _replays(evidence: Evidence, scene: Scene) -> Iterator[str]:
    """A replay has written what the undisturbed one wrote, and all of it is in the store."""
    name = scene.name("replayed")
    results = {key: body for key, body in evidence.plant.objects(f"{name}/out/").items() if key in evidence.replayed}
    if results != evidence.replayed:
        yield f"{name}: {_difference(results, evidence.replayed)}"
    yield from _collected(evidence, name)


def _collected(evidence: Evidence, name: str) -> Iterator[str]:
    """Both are read anew until they agree: a window may end meanwhile, since the clock goes on."""
    stored, expected = _settled(
        lambda: (_in_store(evidence.traffic, name), _in_results(evidence.plant.objects(f"{name}/out/"))),
        lambda both: both[0] == both[1],
    )
    if stored != expected:
        yield f"{name}: {len(stored)} predictions are in the store, {len(expected)} in the result objects"


def _repetitions(evidence: Evidence, scene: Scene) -> Iterator[str]:
    """Each request sent once more with its key is answered with what it began the first time."""
    for one in evidence.ledger.taken:
        again = evidence.traffic.rest.insist(one.change)
        if again.status != one.status or again.json.get("id") != one.begun["id"]:
            yield f"{one.change.path} repeated: {again.status} {again.body[:200]!r}, not {one.begun['id']}"


def _counts(evidence: Evidence, scene: Scene) -> Iterator[str]:
    """There is a row for each acknowledged change, and no other."""
    acknowledged = Counter((kind_of(one.change), _name_of(one)) for one in evidence.ledger.taken)
    with psycopg.connect(evidence.stack.straight.facade_database_url) as facade:
        for (kind, name), count in acknowledged.items():
            if kind in ("operations", "uploads"):
                query = f"SELECT count(*) FROM {kind} WHERE inference_scheduler_name = %s"
                (rows,) = facade.execute(query, [name]).fetchone()
                if rows != count:
                    yield f"{name}: {count} {kind} were acknowledged, and there are {rows}"


def _durations(evidence: Evidence, scene: Scene) -> Iterator[str]:
    """Nobody waited longer than is promised."""
    for answer in evidence.traffic.rest.seen:
        if answer.seconds > LONGEST_SECONDS:
            yield f"a request took {answer.seconds:.1f} s until {answer.status} {answer.slug}"


def _name_of(one: Acknowledged) -> str:
    return one.begun["inference_scheduler_name"]


def _in_store(traffic: Traffic, name: str) -> list[tuple[datetime, float]]:
    """(timestamp, score) of all predictions that the service tells, in the order it tells them."""
    found, where = [], f"/v1/schedulers/{name}/predictions?limit=1000"
    while where:
        page = traffic.rest.get_json(where)
        found += [(datetime.fromisoformat(row["timestamp"]), row["anomaly_score"]) for row in page["predictions"]]
        where = page["next"]
    return found


def _in_results(objects: dict[str, bytes]) -> list[tuple[datetime, float]]:
    lines = [json.loads(line) for body in objects.values() for line in body.splitlines()]
    rows = [(datetime.fromisoformat(f"{line['timestamp']}+00:00"), line["anomaly_score"]) for line in lines]
    return sorted(rows)


def _difference(found: dict[str, bytes], expected: dict[str, bytes]) -> str:
    missing, extra = sorted(expected.keys() - found.keys()), sorted(found.keys() - expected.keys())
    other = sorted(key for key in found.keys() & expected.keys() if found[key] != expected[key])
    return f"missing {missing[:3]} ({len(missing)}), not expected {extra[:3]} ({len(extra)}), other bytes {other[:3]}"


def _settled(look: Callable[[], Any], is_enough: Callable[[Any], bool]) -> Any:
    """What is seen as soon as it is enough, or else in the end."""
    deadline = monotonic() + SETTLE_SECONDS
    while not is_enough(seen := look()) and monotonic() < deadline:
        sleep(0.2)
    return seen
