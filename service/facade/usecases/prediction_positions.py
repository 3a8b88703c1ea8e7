"""Where an answer with predictions begins: what cursors carry, and which parameters go together."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from service.facade.domain.pages import decode_cursor, leads_nowhere
from service.facade.domain.predictions import PredictionFilter, PredictionQuery
from service.facade.problems import BadCursor, InvalidRequest, at_parameter
from service.facade.store.prediction_rows import Recorded, Rows, Stretch
from service.facade.usecases.time_ranges import check_asked_range

FROM_THE_START = "start"
_ALONE = ("cursor", "recorded_after", "max_points")


@dataclass(frozen=True)
class Start:
    """Where to begin. `walk_began` is what was recorded when the first page of a walk through time was read: rows that
    came since may lie on pages that the caller has left behind."""

    stretch: Stretch
    walk_began: int | None = None

    def stretch_of(self, recorded: Recorded, limit: int | None) -> Stretch:
        """All rows recorded since then are those up to now: the answer says before it begins where it ends."""
        if self.stretch.order == "timestamp" or limit is not None:
            return self.stretch
        return replace(self.stretch, through=max(recorded.last_number, self.stretch.after))

    def seen(self, recorded: Recorded, stretch: Stretch, rows: Rows) -> int:
        """The number up to which a caller has seen everything who has read this answer to its end."""
        if stretch.order == "timestamp":
            return recorded.last_number if self.walk_began is None else self.walk_began
        if stretch.through is not None:
            return stretch.through
        return rows.last if rows.more else max(recorded.last_number, stretch.after, rows.last or 0)

    def next_position(self, seen: int, rows: Rows) -> list[Any] | None:
        """What the cursor of the next page in time carries."""
        if self.stretch.order == "timestamp" and rows.more and isinstance(rows.last, datetime):
            return [rows.last.isoformat(), seen]
        return None


def find_start(name: str, query: PredictionQuery) -> Start:
    """
    Raises:
        BadCursor: a cursor that was not made here, or for another question.
    """
    if query.recorded_after is not None:
        return Start(Stretch("record_number", after=_number(name, query.recorded_after)))
    if query.cursor is None:
        return Start(Stretch())
    position = decode_cursor(query.cursor, prediction_query(name, query.wanted))
    try:
        after, seen = position
        return Start(Stretch(after=datetime.fromisoformat(after)), int(seen))
    except (TypeError, ValueError, OverflowError) as error:
        raise leads_nowhere() from error


def check_query(query: PredictionQuery) -> None:
    """
    Raises:
        InvalidRequest: for a range that ends before it begins, and for parameters that exclude each other.
    """
    wanted = query.wanted
    check_asked_range(wanted.start_time, wanted.end_time)
    given = [name for name in _ALONE if getattr(query, name) is not None]
    if query.limit is not None and query.max_points is not None:
        given = [*given, "limit"]
    if len(given) > 1:
        raise _invalid(given[-1], f"Only one of {' and '.join(given)} can be asked for at once.")


def prediction_query(name: str, wanted: PredictionFilter) -> dict[str, Any]:
    """What the cursor of a page in time is bound to."""
    filters = {key: str(value) if isinstance(value, datetime) else value for key, value in asdict(wanted).items()}
    return {"list": "predictions", "name": name, **filters}


def recorded_query(name: str) -> dict[str, Any]:
    """What a `recorded_after` is bound to: no filter, since it stands for all rows recorded up to then."""
    return {"list": "recorded", "name": name}


def _number(name: str, cursor: str) -> int:
    if cursor == FROM_THE_START:
        return 0
    try:
        return decode_cursor(cursor, recorded_query(name), int)
    except (BadCursor, TypeError, ValueError, OverflowError) as error:
        detail = f"Take recorded_after from an answer of this scheduler, or begin with {FROM_THE_START!r}."
        raise BadCursor(detail, errors=[at_parameter("recorded_after", detail)]) from error


def _invalid(parameter: str, detail: str) -> InvalidRequest:
    return InvalidRequest(detail, errors=[at_parameter(parameter, detail)])
