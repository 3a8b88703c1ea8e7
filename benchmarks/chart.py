"""A chart over HTTP, beside the plainest script: pandas reads the rows out of the same database, pyplot draws them.

    python benchmarks/chart.py

A month with a row a minute and five sensors. The script runs in this process and spares itself all HTTP; it is imported
and warm, as the service is. Ours is measured drawn anew each time (a width that nobody asked for before), found drawn,
and known to the caller already.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from io import BytesIO
from itertools import count
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import matplotlib as mpl
import numpy as np
import pandas as pd
import psycopg
from support.callers import bearer
from support.machine import DAY, MINUTE, START, WINDOW, lookout_client
from support.plant import plant_scheduler
from support.rounds import Measure, in_turn, per_second, print_rates
from support.servers import http_process, servers

from service.facade.domain.predictions import Prediction
from service.facade.store.collecting import follow, record_pass
from service.facade.store.database import connect
from service.facade.store.predictions import replace_windows
from service.settings import Settings

mpl.use("svg")
from matplotlib import pyplot

NAME, PEER, ROUNDS, TIMES = "drawn", "pandas and pyplot", 7, 3
DAYS = 31  # what is about the last hours may have to be asked for
SENSORS = tuple(f"pump\\sensor_{number}" for number in range(1, 6))
ROWS = "SELECT timestamp, anomaly_score FROM predictions WHERE timestamp > %s AND timestamp <= %s ORDER BY timestamp"
Ask = Callable[..., None]


def main() -> None:
    with servers() as settings, http_process(settings, "engine"), http_process(settings, "facade") as facade:
        plant_scheduler(settings, NAME)
        _record_month(settings)
        ask = partial(_ask, f"{facade.address}/v1/schedulers/{NAME}/chart.svg", bearer(settings))
        for title, span in (("A chart of a day", DAY), ("A chart of a month", 30 * DAY)):
            measured = in_turn(_sides(settings, ask, span), ROUNDS)
            print_rates(title, "charts", measured, peer=PEER)


def _sides(settings: Settings, ask: Ask, span: timedelta) -> dict[str, Measure]:
    widths = count(700)
    tag = ask(_query(span))
    sides = {
        PEER: lambda: _plain_chart(settings, span),
        "ours, drawn": lambda: ask(f"{_query(span)}&width={next(widths)}"),
        "ours, drawn before": lambda: ask(_query(span)),
        "ours, known to the caller": lambda: ask(_query(span), tag),
    }
    return {name: partial(per_second, partial(_often, work), TIMES) for name, work in sides.items()}


def _often(work: Callable[[], object]) -> None:
    for _ in range(TIMES):
        work()


def _plain_chart(settings: Settings, span: timedelta) -> bytes:
    with psycopg.connect(settings.facade_database_url) as db:
        rows = db.execute(ROWS, (START, START + span)).fetchall()
    frame = pd.DataFrame(rows, columns=["timestamp", "score"]).set_index("timestamp")
    figure, axes = pyplot.subplots(figsize=(9.6, 3.2))
    frame["score"].plot(ax=axes)
    axes.axhline(0.5)
    file = BytesIO()
    figure.savefig(file, format="svg")
    pyplot.close(figure)
    return file.getvalue()


def _ask(address: str, key: dict[str, str], query: str, tag: str = "") -> str:
    """Ask for a chart; its ETag."""
    try:
        with urlopen(Request(f"{address}?{query}", headers=key | {"If-None-Match": tag}), timeout=60) as answer:
            answer.read()
            return answer.headers["ETag"]
    except HTTPError as error:
        if error.code != 304:
            raise
        return tag


def _query(span: timedelta) -> str:
    return f"start_time={START:%Y-%m-%dT%H:%M:%SZ}&end_time={START + span:%Y-%m-%dT%H:%M:%SZ}"


def _record_month(settings: Settings) -> None:
    """Rows of a month and a day, with an anomaly of an hour each day, as the collector records them."""
    database, end = connect(settings.facade_database_url, connections=1), START + DAYS * DAY
    rng = np.random.default_rng(1)
    arn = lookout_client(settings).describe_inference_scheduler(InferenceSchedulerName=NAME)["InferenceSchedulerArn"]
    with database.begin() as db:
        scheduler = follow(db, arn, NAME, settings.default_team)
        for day in range(DAYS):
            replace_windows(db, scheduler.id, _windows(START + day * DAY, rng))
        record_pass(db, scheduler.id, end, end, swept=True)
    database.close()


def _windows(day, rng: np.random.Generator) -> dict:
    scores, shares = rng.uniform(0.1, 0.4, DAY // MINUTE), rng.dirichlet(np.ones(len(SENSORS)), DAY // MINUTE)
    scores[600:660] += 0.5
    rows = [
        Prediction(day + (minute + 1) * MINUTE, int(score > 0.5), None, float(score), SENSORS, tuple(map(float, share)))
        for minute, (score, share) in enumerate(zip(scores, shares, strict=True))
    ]
    size = WINDOW // MINUTE
    return {day + start * MINUTE: rows[start : start + size] for start in range(0, len(rows), size)}


if __name__ == "__main__":
    main()
