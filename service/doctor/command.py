"""`lookout doctor`"""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from service.doctor.findings import Finding

_MARKS = {"ok": "ok", "skipped": "-", "warning": "warning", "failed": "FAILED"}
_COLOURS = {"ok": "green", "skipped": "dim", "warning": "yellow", "failed": "bold red"}


@click.command
@click.option("--json", "as_json", is_flag=True, help="For machines: JSON on standard output.")
def doctor(as_json: bool) -> int:
    """Look at this deployment: what is wrong, and how to mend it. The exit code is 1 where something has failed.

    Run it where the facade runs, with the settings of its processes.
    """
    found = _examined()
    if as_json:
        click.echo(json.dumps(_document(found), indent=2))
    else:
        _show(found)
    return 1 if _worst(found) == "failed" else 0


def _examined() -> "dict[str, list[Finding]]":
    from service.doctor.checks import CHECKS
    from service.doctor.examination import examine
    from service.doctor.findings import View, failed, ok
    from service.embedded.running import running_settings
    from service.settings import SettingsError, load_settings

    try:
        given = load_settings()
    except SettingsError as error:
        _, *complaints = str(error).splitlines() or [str(error)]
        mend = "Correct it in the environment; `lookout settings` says what each setting means."
        return {"settings": [failed(complaint.strip(), mend) for complaint in complaints or [str(error)]]}
    return {"settings": [ok("All are well-formed.")]} | examine(View(given, running_settings(given)), CHECKS)


def _show(found: "dict[str, list[Finding]]") -> None:
    """A line for each finding, and one below it with what to do."""
    from rich.console import Console
    from rich.text import Text

    out, width = Console(highlight=False), max(map(len, found))
    for name, finding in _each(found):
        mark = (f"{_MARKS[finding.status]:<7}", _COLOURS[finding.status])
        out.print(Text.assemble(mark, f"  {name:<{width}}  {finding.detail}"), soft_wrap=True)
        if finding.mend:
            out.print(Text(f"{'':<{width + 9}}  -> {finding.mend}"), soft_wrap=True)


def _document(found: "dict[str, list[Finding]]") -> dict[str, object]:
    findings = [
        {"check": name, "status": finding.status, "detail": finding.detail, "mend": finding.mend or None}
        for name, finding in _each(found)
    ]
    return {"status": _worst(found), "findings": findings}


def _worst(found: "dict[str, list[Finding]]") -> str:
    statuses = {finding.status for _, finding in _each(found)}
    return next((status for status in ("failed", "warning") if status in statuses), "ok")


def _each(found: "dict[str, list[Finding]]") -> "Iterable[tuple[str, Finding]]":
    return ((name, finding) for name, findings in found.items() for finding in findings)
