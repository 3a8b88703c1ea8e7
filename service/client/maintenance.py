"""`lookout maintenance …`"""

from typing import Any

import click

from service.client.paths import scheduler_path
from service.client.session import Session, rest_command, scheduler_argument
from service.client.times import Moment, shown


@click.group
def maintenance() -> None:
    """Plan, list and remove maintenance windows: times in which nobody is alarmed."""


@maintenance.command("list")
@scheduler_argument
@rest_command
def list_(session: Session, name: str) -> None:
    """List the maintenance windows of a scheduler."""
    path = scheduler_path(name, "maintenance-windows")
    found = list(session.rest.pages(path, "maintenance_windows", limit=500))
    columns = ("id", "from (UTC)", "to", "note", "planned by")
    session.show({"maintenance_windows": found}, lambda _: session.screen.table(columns, map(_row, found)))


@maintenance.command
@scheduler_argument
@click.option("--start", "start_time", type=Moment(), default="now", show_default=True, help="From this on.")
@click.option("--end", "end_time", type=Moment(), required=True, help="Until this, such as +4h.")
@click.option("--note", metavar="TEXT", help="Why, for people.")
@rest_command
def plan(session: Session, name: str, **wanted: str | None) -> None:
    """Plan a maintenance window. What is found about the time in it is kept, but nobody is told."""
    made = session.rest.post(scheduler_path(name, "maintenance-windows"), wanted)
    words = f"{made['id']}: {shown(made['start_time'])} to {shown(made['end_time'])} UTC"
    session.show(made, lambda _: session.screen.line(words))


@maintenance.command
@click.argument("id")
@rest_command
def remove(session: Session, id: str) -> None:
    """Remove a maintenance window. What it has muted stays so."""
    session.rest.delete(f"/v1/maintenance-windows/{id}")
    session.done(f"The maintenance window {id} is removed.")


def _row(one: dict[str, Any]) -> tuple[object, ...]:
    return one["id"], shown(one["start_time"]), shown(one["end_time"]), one["note"], one["created_by"]
