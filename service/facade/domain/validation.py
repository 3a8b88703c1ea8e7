"""What a look ahead at a scheduler finds: a check for everything that may let a run fail, or score badly."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

STATUSES = ("ok", "warning", "failed")  # the later one counts for the whole
_LISTED = 20  # findings of one kind


@dataclass(frozen=True, kw_only=True)
class Check:
    """`failed`: a run fails because of it; `warning`: a run succeeds, but it may not be what was meant.

    `check` names what was looked at. Where it was one component, file or window, that is named, too.
    """

    check: str
    status: str
    detail: str
    what_to_do: str | None = None
    component_name: str | None = None
    key: str | None = None
    data_start_time: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Validation:
    """All checks of one scheduler over the windows between two times, both None when no window was looked at."""

    inference_scheduler_name: str
    data_start_time: datetime | None
    data_end_time: datetime | None
    windows: int
    checks: tuple[Check, ...]

    @property
    def status(self) -> str:
        return max((check.status for check in self.checks), key=STATUSES.index, default="ok")


def ok(check: str, detail: str) -> Check:
    return Check(check=check, status="ok", detail=detail)


def failed(check: str, detail: str, what_to_do: str, **place: object) -> Check:
    return Check(check=check, status="failed", detail=detail, what_to_do=what_to_do, **place)


def warning(check: str, detail: str, what_to_do: str, **place: object) -> Check:
    return Check(check=check, status="warning", detail=detail, what_to_do=what_to_do, **place)


def findings_or_ok(check: str, findings: Iterable[Check], detail: str) -> list[Check]:
    """What was found, the worst first and the first twenty listed; when nothing was, that all is well."""
    found = sorted(findings, key=lambda one: -STATUSES.index(one.status))
    if not found:
        return [ok(check, detail)]
    left_out = len(found) - _LISTED
    if left_out <= 0:
        return found
    more = f"{left_out:,} more findings of this kind are not listed."
    rest = Check(check=check, status=found[_LISTED].status, detail=more, what_to_do="Mend those above first.")
    return [*found[:_LISTED], rest]
