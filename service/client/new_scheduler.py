"""The body that creates a scheduler, out of a JSON file and options."""

import json
from collections.abc import Callable
from typing import IO, Any

import click

_FREQUENCIES = ["PT5M", "PT10M", "PT15M", "PT30M", "PT1H"]
_DEFAULT_FREQUENCY = "PT5M"


class _S3Place(click.ParamType):
    name = "s3://BUCKET/PREFIX/"

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> dict[str, str]:
        scheme, _, place = str(value).partition("://")
        bucket, _, prefix = place.partition("/")
        if scheme != "s3" or not bucket:
            self.fail(f"{value!r} is no place such as s3://plant/pump-7/input/.")
        return {"bucket": bucket, "prefix": f"{prefix.rstrip('/')}/" if prefix else ""}


def scheduler_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that `body_of` reads."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.option("--file", "-f", type=click.File(encoding="utf-8"), help="The body as JSON; - is standard input."),
    click.option("--model", "model_name", metavar="NAME", help="A trained model that may have one more scheduler."),
    click.option("--input", "source", type=_S3Place(), help="Where the files with readings come."),
    click.option("--output", "target", type=_S3Place(), help="Where results are written."),
    click.option(
        "--frequency",
        "data_upload_frequency",
        type=click.Choice(_FREQUENCIES),
        help=f"How often it wakes ({_DEFAULT_FREQUENCY}).",
    ),
    click.option(
        "--delay",
        "data_delay_offset_in_minutes",
        type=click.IntRange(0, 60),
        help="Minutes it waits for late files after each window.",
    ),
    click.option("--time-zone-offset", metavar="+HH:MM", help="Zone of the times in file names (+00:00)."),
    click.option("--timestamp-format", metavar="FORMAT", help="Of the times in file names (yyyyMMddHHmmss)."),
    click.option("--delimiter", metavar="TEXT", help="Between component and time in file names (_)."),
    click.option("--role-arn", metavar="ARN", help="What the engine may do (the service's own)."),
)


def body_of(name: str | None, file: IO[str] | None, options: dict[str, Any]) -> dict[str, Any]:
    """The body of the POST: what the file says, where an option does not say otherwise.

    Raises:
        click.UsageError: the file is no JSON object, or something that is needed is said by neither.
    """
    body = _read(file) if file else {}
    for member in ("model_name", "data_upload_frequency", "data_delay_offset_in_minutes", "role_arn"):
        if options[member] is not None:
            body[member] = options[member]
    body.setdefault("data_upload_frequency", _DEFAULT_FREQUENCY)
    if name:
        body["inference_scheduler_name"] = name
    _put_places(body, options)
    needed = {
        "inference_scheduler_name": "NAME", "model_name": "--model", "data_input_configuration": "--input",
        "data_output_configuration": "--output",
    }  # fmt: skip
    if missing := [word for member, word in needed.items() if member not in body]:
        raise click.UsageError(f"Say {', '.join(missing)}, or give a --file with all of it.")
    return body


def _read(file: IO[str]) -> dict[str, Any]:
    try:
        body = json.load(file)
    except ValueError as error:
        raise click.UsageError(f"{file.name} is no JSON: {error}") from error
    if not isinstance(body, dict):
        raise click.UsageError(f"{file.name} is no JSON object.")
    return body


def _put_places(body: dict[str, Any], options: dict[str, Any]) -> None:
    if options["target"]:
        body.setdefault("data_output_configuration", {})["s3_output_configuration"] = options["target"]
    naming = {
        "timestamp_format": options["timestamp_format"],
        "component_timestamp_delimiter": options["delimiter"],
    }
    source = {
        "s3_input_configuration": options["source"],
        "input_time_zone_offset": options["time_zone_offset"],
        "inference_input_name_configuration": {key: value for key, value in naming.items() if value is not None},
    }
    if given := {member: value for member, value in source.items() if value}:
        body["data_input_configuration"] = {**body.get("data_input_configuration", {}), **given}
