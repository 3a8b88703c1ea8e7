"""`lookout predictions`"""

from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Any

import click

from service.client.following import follow_predictions
from service.client.paths import scheduler_path
from service.client.session import Session, rest_command, scheduler_argument
from service.client.times import Moment, shown

_DEFAULT_SINCE = "1h"
_BAR_CHARACTERS = 20
_PAGE_ROWS = 2000


@click.command
@scheduler_argument
@click.option("--follow", "-f", is_flag=True, help="Go on with what is recorded, until Ctrl-C; JSON is a row a line.")
@click.option("--since", "start_time", type=Moment(), help=f"Only later rows ({_DEFAULT_SINCE}; with --follow: now).")
@click.option("--until", "end_time", type=Moment(), help="Only rows up to this.")
@click.option("--only-anomalies", is_flag=True, help="Only these.")
@click.option("--min-score", type=click.FloatRange(0, 1), help="Only rows with this score or more.")
@click.option("--sensors", metavar="A,B", help="Only the shares of these sensors.")
@click.option("--limit", type=click.IntRange(1), help="Only the last so many rows; with --follow: end after so many.")
@click.option("--interval", type=click.FloatRange(0.1), default=2.0, help="Seconds between questions of --follow.")
@rest_command
def predictions(
    session: Session, name: str, follow: bool, limit: int | None, interval: float, only_anomalies: bool, **query: Any
) -> None:
    """Show what the model found: score, anomalies, and the sensors that contribute most."""
    query |= {"only": "anomalies" if only_anomalies else None, "limit": _PAGE_ROWS}
    if not query["sensors"] and not session.as_json:
        query["contributors"] = 2
    path = scheduler_path(name, "predictions")
    if follow:
        _print_as_they_come(session, islice(follow_predictions(session, path, interval, query), limit))
        return
    query["start_time"] = query["start_time"] or Moment().convert(_DEFAULT_SINCE, None, None)
    rows = deque(session.rest.pages(path, "predictions", **query), limit)
    session.show({"predictions": list(rows)}, lambda _: session.screen.table(_COLUMNS, map(_row, rows)))


_COLUMNS = ("time (UTC)", "score", "", "", "contributing most")


def _print_as_they_come(session: Session, rows: Iterator[dict[str, Any]]) -> None:
    for row in rows:
        if session.as_json:
            session.screen.json(row, on_one_line=True)
        else:
            time, score, bar, verdict, shares = _row(row)
            style = "bold red" if row["prediction"] else ""
            session.screen.line(f"{time:<19}  {score}  {bar:<{_BAR_CHARACTERS}}  {verdict:<7}  {shares}", style)


def _row(row: dict[str, Any]) -> tuple[str, str, str, str, str]:
    score = row["anomaly_score"]
    bar = "#" * round((score or 0) * _BAR_CHARACTERS)
    shares = ", ".join(f"{one['name']} {one['value']:.0%}" for one in row["diagnostics"])
    verdict = "ANOMALY" if row["prediction"] else "normal"
    return shown(row["timestamp"]), "  -  " if score is None else f"{score:.3f}", bar, verdict, shares
