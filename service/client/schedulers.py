"""`lookout schedulers …`"""

from collections.abc import Callable
from typing import IO, Any

import click

from service.client.new_scheduler import body_of, scheduler_options
from service.client.outcomes import ended_in_failure
from service.client.paths import scheduler_path
from service.client.session import Session, rest_command, scheduler_argument
from service.client.times import shown
from service.client.waiting import no_steps, until_ended

_STATUSES = ["PENDING", "RUNNING", "STOPPING", "STOPPED"]
_WAIT = click.option("--wait/--no-wait", default=True, show_default=True, help="Until it is done.")


@click.group
def schedulers() -> None:
    """List, describe, create, start, stop and delete schedulers."""


@schedulers.command("list")
@click.option("--name-prefix", metavar="TEXT", help="Only names that begin so.")
@click.option("--model", "model_name", metavar="NAME", help="Only those of this model.")
@click.option("--status", type=click.Choice(_STATUSES, case_sensitive=False), help="Only those in this state.")
@rest_command
def list_(session: Session, **filters: str | None) -> None:
    """List the schedulers of your team."""
    found = list(session.rest.pages("/v1/schedulers", "schedulers", limit=500, **filters))
    columns = ("name", "status", "last result", "model", "every", "delay")
    session.show({"schedulers": found}, lambda _: session.screen.table(columns, map(_row, found)))


@schedulers.command
@scheduler_argument
@rest_command
def describe(session: Session, name: str) -> None:
    """Describe a scheduler."""
    session.show(session.rest.get(scheduler_path(name)), lambda one: session.screen.fields(_fields(one)))


@schedulers.command
@click.argument("name", required=False)
@scheduler_options
@_WAIT
@rest_command
def create(session: Session, name: str | None, file: IO[str] | None, wait: bool, **options: Any) -> None:
    """Create a scheduler and start it: by options, by a JSON file, or by a file whose members options change."""
    operation = session.rest.post("/v1/schedulers", body_of(name, file, options))
    _follow(session, operation, wait)


@schedulers.command
@scheduler_argument
@_WAIT
@rest_command
def start(session: Session, name: str, wait: bool) -> None:
    """Start a scheduler."""
    _follow(session, session.rest.post(scheduler_path(name, "start")), wait)


@schedulers.command
@scheduler_argument
@_WAIT
@rest_command
def stop(session: Session, name: str, wait: bool) -> None:
    """Stop a scheduler. A run that is under way is finished first."""
    _follow(session, session.rest.post(scheduler_path(name, "stop")), wait)


@schedulers.command
@scheduler_argument
@click.option("--force", is_flag=True, help="Stop it first if it runs.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@_WAIT
@rest_command
def delete(session: Session, name: str, force: bool, yes: bool, wait: bool) -> None:
    """Delete a scheduler. Its results and predictions stay."""
    session.confirm(f"Delete the scheduler {name}?", yes)
    operation = session.rest.delete(scheduler_path(name), force=force or None)
    if operation is None:
        session.done(f"{name} is deleted.")
    else:
        _follow(session, operation, wait)


def _follow(session: Session, operation: dict[str, Any], wait: bool) -> None:
    """Say what became of an operation, or with what id it goes on."""
    name, kind = operation["inference_scheduler_name"], operation["kind"].replace("_", " ")
    if wait:
        operation = until_ended(session, f"{kind} {name}", f"/v1/operations/{operation['id']}", operation, no_steps)
    session.show(operation, _saying(session, name, kind))
    if operation["status"] == "failed":
        raise ended_in_failure(f"{kind} {name}", operation["problem"])


def _saying(session: Session, name: str, kind: str) -> Callable[[dict[str, Any]], None]:
    def say(operation: dict[str, Any]) -> None:
        if operation["status"] == "running":
            session.screen.line(f"{kind} {name}: begun, operation {operation['id']}")
        elif operation["status"] == "succeeded":
            session.screen.line(f"{name} is {operation['scheduler_status'] or 'deleted'}.")

    return say


def _row(one: dict[str, Any]) -> tuple[object, ...]:
    return (
        one["inference_scheduler_name"], one["status"], one["latest_inference_result"], one["model_name"],
        one["data_upload_frequency"], f"{one['data_delay_offset_in_minutes']} min",
    )  # fmt: skip


def _fields(one: dict[str, Any]) -> list[tuple[str, object]]:
    source, target = one["data_input_configuration"], one["data_output_configuration"]
    naming = source["inference_input_name_configuration"] or {}
    return [
        ("name", one["inference_scheduler_name"]),
        ("status", one["status"]),
        ("last result", one["latest_inference_result"]),
        ("model", one["model_name"]),
        ("wakes every", one["data_upload_frequency"]),
        ("waits for late files", f"{one['data_delay_offset_in_minutes']} min"),
        ("reads", _place(source["s3_input_configuration"])),
        ("file names", f"component{naming.get('component_timestamp_delimiter')}{naming.get('timestamp_format')}.csv"),
        ("their time zone", source["input_time_zone_offset"]),
        ("writes", _place(target["s3_output_configuration"])),
        ("role", one["role_arn"]),
        ("created", f"{shown(one['created_at'])} UTC"),
        ("changed", f"{shown(one['updated_at'])} UTC"),
    ]


def _place(location: dict[str, str]) -> str:
    return f"s3://{location['bucket']}/{location['prefix']}"
