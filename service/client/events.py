"""`lookout events`"""

from itertools import islice
from typing import Any

import click

from service.client.paths import scheduler_path
from service.client.session import Session, rest_command, scheduler_argument
from service.client.times import Moment, shown


@click.command
@scheduler_argument
@click.option("--since", "start_time", type=Moment(), default="7d", show_default=True, help="Only what goes on after.")
@click.option("--until", "end_time", type=Moment(), help="Only what begins before.")
@click.option("--status", type=click.Choice(["open", "closed"]), help="Only these.")
@click.option("--min-duration", metavar="PT30M", help="Only events as long as this.")
@click.option("--min-score", type=click.FloatRange(0, 1), help="Only events whose peak is this high.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="At most so many.")
@rest_command
def events(session: Session, name: str, limit: int, **filters: Any) -> None:
    """List anomalies that belong together: when, how long, how bad, and what contributed most."""
    path = scheduler_path(name, "events")
    query = {"contributors": 3, "limit": min(limit, 500), **filters}
    found = list(islice(session.rest.pages(path, "events", **query), limit))
    columns = ("from (UTC)", "to", "lasted", "status", "peak", "contributing most")
    session.show({"events": found}, lambda _: session.screen.table(columns, map(_row, found)))


def _row(one: dict[str, Any]) -> tuple[object, ...]:
    peak = "-" if one["peak_score"] is None else f"{one['peak_score']:.3f}"
    start, end = shown(one["start_time"]), shown(one["end_time"])
    return start, end, one["duration"].removeprefix("PT").lower(), one["status"], peak, shares(one["diagnostics"])


def shares(diagnostics: list[dict[str, Any]]) -> str:
    """`pump\\flow 39%, pump\\power 12%`"""
    return ", ".join(f"{one['name']} {one['value']:.0%}" for one in diagnostics)
