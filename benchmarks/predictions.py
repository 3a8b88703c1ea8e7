"""A day of predictions out of our store, beside listing the executions and parsing their results at every request.

    python benchmarks/predictions.py

288 windows of five minutes with a row a minute and twenty sensors. The peer is a Flask route with the same answer (16
GETs at once, under the same gunicorn); the store also asks the engine for what is new before it answers.
"""

from datetime import timedelta
from functools import partial
from urllib.request import Request, urlopen

import numpy as np
from support.callers import bearer
from support.machine import BUCKET, DAY, MINUTE, START, WINDOW, Machine, machine
from support.rounds import Measure, in_turn, per_second, print_rates
from support.servers import http_process, servers

from service.demo.pump import SENSORS
from service.engine.detection import Scores
from service.engine.scheduling.files import result_key
from service.engine.scheduling.windows import Window, windows_between
from service.engine.store import due, execution_runs, schedulers
from service.engine.store.due import Step
from service.engine.store.execution_runs import Outcome
from service.engine.store.scope import Scope
from service.engine.work.inference.result_lines import result_lines

ROUNDS = 5
PEER = "results parsed per request"
PAGE = "limit=1500"  # a day and more


def main() -> None:
    with (
        servers() as settings,
        machine(settings) as pump,
        http_process(settings, "facade") as facade,
        http_process(settings, "facade", "support.peers:results_per_request()") as peer,
    ):
        path, key = f"/v1/schedulers/{_scored_day(pump)}/predictions", bearer(settings)
        _collect(f"{facade.address}{path}?{_first(DAY)}&{PAGE}", key)
        sides = partial(_sides, facade.address + path, peer.address + path, key)
        of_a_day, of_an_hour = in_turn(sides(DAY), ROUNDS), in_turn(sides(DAY / 24), ROUNDS)
    print_rates("GET predictions of a day", "answers", of_a_day, peer=PEER)
    print_rates("GET predictions of an hour", "answers", of_an_hour, peer=PEER)


def _sides(ours: str, peer: str, key: dict[str, str], span: timedelta) -> dict[str, Measure]:
    parquet = key | {"Accept": "application/vnd.apache.parquet"}
    return {
        PEER: _getting(f"{peer}?{_first(span)}", {}),
        "our store, JSON": _getting(f"{ours}?{_first(span)}&{PAGE}", key),
        "our store, JSON without contributors": _getting(f"{ours}?{_first(span)}&{PAGE}&contributors=0", key),
        "our store, CSV": _getting(f"{ours}?{_first(span)}", key | {"Accept": "text/csv"}),
        "our store, Parquet": _getting(f"{ours}?{_first(span)}", parquet),
    }


def _getting(url: str, headers: dict[str, str], times: int = 2) -> Measure:
    def get() -> None:
        for _ in range(times):
            _get(url, headers)

    return partial(per_second, get, times)


def _get(url: str, headers: dict[str, str]) -> bytes:
    with urlopen(Request(url, headers=headers), timeout=30) as answer:
        return answer.read()


def _collect(url: str, key: dict[str, str]) -> None:
    """The first request collects within a bound; ask until the whole day is there."""
    while (there := _get(url, key).count(b'"prediction_reason"')) < DAY / MINUTE:
        print(f"  {there} predictions are collected", flush=True)


def _scored_day(pump: Machine) -> str:
    """A scheduler with a result object for each window of the day; the scores are made up."""
    name = pump.scheduler("pump")
    with pump.engine.database.begin() as connection:
        scope = Scope(pump.settings.engine_account_id, pump.settings.aws_region)
        scheduler = schedulers.find(connection, scope, name)
    pump.engine.objects.concurrently(
        lambda window: pump.engine.objects.put(BUCKET, result_key(f"out/{name}/", window), _results(window)),
        windows_between(START, START + DAY, WINDOW),
    )
    for window in windows_between(START, START + DAY, WINDOW):
        _record(pump, scheduler, window)
    return name


def _results(window: Window) -> bytes:
    minutes = np.datetime64(window.data_start_time.replace(tzinfo=None), "ns") + np.arange(1, 6) * np.timedelta64(
        1, "m"
    )
    rng = np.random.default_rng(int(window.data_start_time.timestamp()))
    score, shares = rng.random(len(minutes)).round(5), rng.dirichlet(np.ones(len(SENSORS)), len(minutes))
    return result_lines(minutes, Scores(minutes, tuple(SENSORS), score, shares, np.timedelta64(1, "h")))


def _record(pump: Machine, scheduler: schedulers.Scheduler, window: Window) -> None:
    with pump.engine.database.begin() as connection:
        step = Step(actual="RUNNING", next_wake_at=None, windows={window: window.data_end_time})
        (execution_id,) = due.add_executions(connection, [(scheduler, step)], pump.engine.clock())
        execution = execution_runs.begin(connection, execution_id, pump.engine.clock())
        key = result_key(f"out/{scheduler.name}/", window)
        outcome = Outcome(status="SUCCESS", model_version=1, result_key=key)
        execution_runs.record(connection, execution, outcome, pump.engine.clock())


def _first(span: timedelta) -> str:
    """The query for the first hours of the day."""
    return f"start_time={START:%Y-%m-%dT%H:%M:%SZ}&end_time={START + span:%Y-%m-%dT%H:%M:%SZ}"


if __name__ == "__main__":
    main()
