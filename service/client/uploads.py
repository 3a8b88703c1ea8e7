"""`lookout upload`"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from service.client.outcomes import ended_in_failure
from service.client.sending import send
from service.client.session import Session, rest_command, scheduler_argument
from service.client.times import shown
from service.client.waiting import until_ended

_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
_ODD = {
    "rows_without_values": "rows without values", "duplicate_timestamps": "repeated times",
    "out_of_order_rows": "rows out of order", "gaps": "gaps",
}  # fmt: skip
_MOST_NAMES = 5


@click.command
@scheduler_argument
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=_FILE)
@click.option("--component", metavar="NAME", help="The component that all columns belong to.")
@click.option("--time-zone", metavar="ZONE", help="What times without a zone mean, such as Europe/Berlin.")
@click.option("--time-format", metavar="FORMAT", help="How times are written, such as %d.%m.%Y %H:%M.")
@click.option("--dry-run", is_flag=True, help="Check everything and write nothing.")
@click.option("--force", is_flag=True, help="Do it again, though the same was uploaded before.")
@click.option("--direct/--no-direct", default=None, help="Put files into S3 directly (from 64 MiB on).")
@click.option("--wait/--no-wait", default=True, show_default=True, help="Until input files are written.")
@rest_command
def upload(
    session: Session, name: str, files: tuple[Path, ...], direct: bool | None, wait: bool, **options: Any
) -> None:
    """Upload sensor data to a scheduler: CSV, NDJSON, Parquet or Arrow, text also as gzip.

    Nothing is written when any row is wrong; then the exit code is 6.
    """
    if direct and options["force"]:
        raise click.UsageError("--force goes with --no-direct only.")
    ended = [_seen_off(session, begun) if wait else begun for begun in send(session, name, files, direct, options)]
    session.show({"uploads": ended}, lambda _: session.screen.lines(line for one in ended for line in _report(one)))
    for one in ended:
        if one["status"] in ("failed", "cancelled"):
            raise ended_in_failure(f"The upload {one['id']} {one['status']}", one["problem"])


def _seen_off(session: Session, begun: dict[str, Any]) -> dict[str, Any]:
    return until_ended(session, f"upload {begun['id']}", f"/v1/uploads/{begun['id']}", begun, _how_far)


def _how_far(upload: dict[str, Any]) -> tuple[int, int | None]:
    return upload["progress"]["files_written"], upload["progress"]["files_total"]


def _report(upload: dict[str, Any]) -> Iterator[str]:
    """What was found in each file, and what was made of all of them."""
    if upload["repetition"]:
        yield "The same content was sent before, and this is what came of it; --force does it again."
    elif upload["notice"]:
        yield upload["notice"]
    for file in upload["files"]:
        yield from _of_file(file)
    progress = upload["progress"]
    if upload["dry_run"]:
        names = upload["planned_files"]
        yield f"{progress['files_total']} input files would be written:"
        yield from (f"  {key}" for key in names[:_MOST_NAMES])
        if len(names) > _MOST_NAMES:
            yield "  …"
    elif upload["status"] == "succeeded":
        yield f"{progress['files_written']} input files are written."
    else:
        yield f"Upload {upload['id']} is {upload['status']}."


def _of_file(file: dict[str, Any]) -> Iterator[str]:
    name = f"{file['name']}: " if file["name"] else ""
    span = f"{shown(file['first_timestamp'])} to {shown(file['last_timestamp'])} UTC"
    yield f"{name}{file['rows']} rows of {', '.join(file['components'])}, {span} ({file['format']})"
    if odd := [f"{words}: {file[member]}" for member, words in _ODD.items() if file[member]]:
        rows = ", ".join(str(finding["row"]) for finding in file["findings"][:_MOST_NAMES])
        yield f"  {', '.join(odd)}" + (f"; see row {rows}" if rows else "")
    if file["ignored_columns"]:
        yield f"  left out: {', '.join(file['ignored_columns'])}"
