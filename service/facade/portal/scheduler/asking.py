"""What the address of a scheduler's page asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from service.facade.problems import InvalidRequest, at_parameter

RANGES = {"24h": timedelta(days=1), "7d": timedelta(days=7), "30d": timedelta(days=30), "all": None}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the address of the page says."""

    event: str = ""
    readings: bool = False
    range: str = "24h"
    failed_only: bool = False
    plan_start: datetime | None = None
    plan_end: datetime | None = None
    existing_results: str = "keep"


def asked(given: Mapping[str, str]) -> Asked:
    """What is not understood counts as not said, but for times."""
    return Asked(
        event=given.get("event", ""),
        readings="readings" in given,
        range=given.get("range", "") if given.get("range") in RANGES else "24h",
        failed_only=given.get("failed") == "only",
        plan_start=read_moment("plan_start", given.get("plan_start", "")),
        plan_end=read_moment("plan_end", given.get("plan_end", "")),
        existing_results="overwrite" if given.get("existing_results") == "overwrite" else "keep",
    )


def read_moment(field: str, text: str) -> datetime | None:
    """A time of a form, in UTC: browsers send `2026-03-01T12:05`. None where the field is empty.

    Raises:
        InvalidRequest: the text is no time.
    """
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        detail = f"{text[:40]!r} is no time such as 2026-03-01T12:05."
        raise InvalidRequest(detail, errors=[at_parameter(field, detail)]) from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
