"""`lookout replay`"""

from typing import Any

import click

from service.client.outcomes import ended_in_failure
from service.client.paths import scheduler_path
from service.client.session import Session, rest_command, scheduler_argument
from service.client.times import Moment, shown
from service.client.waiting import until_ended

_OUTCOMES = ("succeeded", "failed", "skipped")


@click.command
@scheduler_argument
@click.option("--start", "start_time", type=Moment(), required=True, help="Windows that begin at this or later.")
@click.option("--end", "end_time", type=Moment(), default="now", show_default=True, help="And end at this or before.")
@click.option("--overwrite", is_flag=True, help="Score windows again that have a result.")
@click.option("--notify", is_flag=True, help="Tell webhooks and streams of anomalies in it.")
@click.option("--dry-run", is_flag=True, help="Begin nothing; show the windows and what is missing.")
@click.option("--wait/--no-wait", default=True, show_default=True, help="Until all windows are scored.")
@rest_command
def replay(session: Session, name: str, overwrite: bool, dry_run: bool, wait: bool, **wanted: str | bool) -> None:
    """Score past windows of a scheduler from the files that are there now."""
    existing = {"existing_results": "overwrite" if overwrite else "keep"}
    begun = session.rest.post(scheduler_path(name, "replays"), {**wanted, **existing, "dry_run": dry_run})
    if dry_run:
        columns = ("window from (UTC)", "to", "would", "files", "missing")
        session.show(begun, lambda plan: session.screen.table(columns, map(_row, plan["windows"])))
        return
    if wait:
        begun = until_ended(session, f"replay {begun['id']}", f"/v1/replays/{begun['id']}", begun, _how_far)
    session.show(begun, lambda replay: session.screen.line(_words(replay)))
    if begun["status"] in ("failed", "cancelled"):
        reason = begun["failed_reason"]
        raise ended_in_failure(f"The replay {begun['id']} {begun['status']}", reason and {"detail": reason})


def _how_far(replay: dict[str, Any]) -> tuple[int, int | None]:
    return sum(replay[f"{outcome}_windows"] or 0 for outcome in _OUTCOMES), replay["total_windows"]


def _words(replay: dict[str, Any]) -> str:
    counts = ", ".join(f"{replay[f'{outcome}_windows'] or 0} {outcome}" for outcome in _OUTCOMES)
    return f"Replay {replay['id']} {replay['status']}: {replay['total_windows']} windows, {counts}."


def _row(window: dict[str, Any]) -> tuple[object, ...]:
    files = sum(len(entry["files"]) for entry in window["inputs"])
    start, end = shown(window["data_start_time"]), shown(window["data_end_time"])
    return start, end, window["action"], files, window["missing"]
