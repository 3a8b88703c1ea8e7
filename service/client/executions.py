"""`lookout executions`"""

from itertools import islice
from typing import Any

import click

from service.client.paths import scheduler_path
from service.client.session import Session, rest_command, scheduler_argument
from service.client.times import Moment, shown

_STATUSES = ["IN_PROGRESS", "SUCCESS", "FAILED"]


@click.command
@scheduler_argument
@click.option("--status", type=click.Choice(_STATUSES, case_sensitive=False), help="Only those with this outcome.")
@click.option("--since", "data_start_time_after", type=Moment(), help="Only windows that begin after this.")
@click.option("--until", "data_end_time_before", type=Moment(), help="Only windows that end before this.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="At most so many, newest first.")
@rest_command
def executions(session: Session, name: str, limit: int, **filters: str | None) -> None:
    """List the runs of a scheduler, newest first, with the reason where one failed."""
    path = scheduler_path(name, "executions")
    found = list(islice(session.rest.pages(path, "executions", limit=min(limit, 500), **filters), limit))
    columns = ("window from (UTC)", "to", "status", "reason")
    session.show({"executions": found}, lambda _: session.screen.table(columns, map(_row, found)))


def _row(one: dict[str, Any]) -> tuple[object, ...]:
    healed = one["healed"] and f"scored again: {one['healed']['reason']}"
    reason = one["failed_reason"] or healed
    return shown(one["data_start_time"]), shown(one["data_end_time"]), one["status"], reason
