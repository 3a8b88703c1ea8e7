"""What the demo found: the predictions around the fault."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from service.demo.pump import Fault
from service.demo.rest import Rest, wait_until
from service.demo.story import NAME, window_start

AROUND = timedelta(minutes=30)
EVERY = timedelta(minutes=15)
Prediction = dict[str, Any]


def predictions(rest: Rest, start: datetime, end: datetime) -> list[Prediction]:
    """All predictions of a span, page by page, with the three sensors that contribute most to each. The results of a
    day are collected within seconds; until then the answer has a warning."""
    span = f"start_time={quote(start.isoformat())}&end_time={quote(end.isoformat())}"
    first = f"/v1/schedulers/{NAME}/predictions?{span}&contributors=3&limit=1000"
    wait_until("predictions", lambda: rest.get(first)["warning"])
    page = rest.get(first)
    found = page["predictions"]
    while page["next"]:
        page = rest.get(page["next"])
        found += page["predictions"]
    return found


def table(found: Sequence[Prediction], fault: Fault) -> str:
    """The predictions around the fault, one line for each quarter of an hour."""
    lines = [f"{'time (UTC)':<18}{'score':<7}{'':<22}{'':<10}contributing most"]
    for one in found:
        at = datetime.fromisoformat(one["timestamp"])
        if fault.start - AROUND <= at <= fault.end + AROUND and not (at - fault.start) % EVERY:
            lines.append(_line(one, at, fault))
    return "\n".join(lines)


def _line(one: Prediction, at: datetime, fault: Fault) -> str:
    score = one["anomaly_score"]
    sensors = ", ".join(f"{part['name']} {part['value']:.0%}" for part in one["diagnostics"])
    verdict = "ANOMALY" if one["prediction"] else "normal"
    marker = "  <- the fault begins" if at == fault.start else "  <- the fault ends" if at == fault.end else ""
    return f"{at:%Y-%m-%d %H:%M}  {score:<7.3f}{'#' * round(20 * score):<22}{verdict:<10}{sensors}{marker}"


def summary(found: Sequence[Prediction], fault: Fault) -> str:
    """How well the fault was told from the rest of the day."""
    during = [one for one in found if fault.start < datetime.fromisoformat(one["timestamp"]) <= fault.end]
    quiet = [one for one in found if not fault.start < datetime.fromisoformat(one["timestamp"]) <= fault.end]
    windows = {_window(one) for one in during}
    flagged = {_window(one) for one in during if one["prediction"]}
    calm = sum(not one["prediction"] for one in quiet) / max(len(quiet), 1)
    return f"{len(flagged)} of the fault's {len(windows)} windows are anomalous; {calm:.1%} of the other rows are not."


def _window(one: Prediction) -> datetime:
    """The start of the window that the row is in; a row on a boundary belongs to the window that ends there."""
    return window_start(datetime.fromisoformat(one["timestamp"]) - timedelta(microseconds=1))
