"""Reading predictions out of our own store; what is new is collected on the spot, within a bound."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from service.facade.domain.collecting import FollowedScheduler
from service.facade.domain.pages import decode_cursor
from service.facade.domain.predictions import Prediction, PredictionFilter
from service.facade.problems import BadCursor, InvalidRequest, Problem, SchedulerNotFound, at_parameter
from service.facade.resources import Resources
from service.facade.store import collecting, predictions
from service.facade.usecases.collecting import collect_now, find_settled

_BATCH = 500


@dataclass(frozen=True)
class PredictionPage:
    """Predictions in ascending order of time, in batches that are read as they are asked for.

    `next_position` is where the next page begins, None on the last one. `warning` says why the newest predictions may
    be missing. `sensors` are all that the predictions of this scheduler may name.
    """

    batches: Iterator[list[Prediction]]
    next_position: str | None
    warning: str | None
    sensors: tuple[str, ...]


def find_predictions(
    resources: Resources, team: str, name: str, wanted: PredictionFilter, limit: int | None, cursor: str | None
) -> PredictionPage:
    """A page of the predictions of a scheduler, or all of them when `limit` is None.

    A scheduler that was deleted still has its history; neither the engine nor Redis needs to be there to read it.

    Raises:
        SchedulerNotFound: neither the upstream nor our store knows the name.
        InvalidRequest, BadCursor
    """
    _check_range(wanted)
    after = _position(cursor, name, wanted)
    followed, warning = _collected(resources, team, name, wanted)
    with resources.database.begin() as db:
        end = predictions.end_of_page(db, followed.id, wanted, after, limit) if limit else None
        # The next page begins at `end`, whatever comes meanwhile.
        of_page = replace(wanted, end_time=end) if end else wanted
        first = predictions.read(db, followed.id, of_page, after, _BATCH)
        sensors = tuple(predictions.all_sensors(db, followed.id))
    batches = _batches(resources, followed.id, of_page, first)
    return PredictionPage(batches, end.isoformat() if end else None, warning, sensors)


def prediction_query(name: str, wanted: PredictionFilter) -> dict[str, Any]:
    """What a cursor of these predictions is bound to."""
    filters = {key: str(value) if isinstance(value, datetime) else value for key, value in asdict(wanted).items()}
    return {"list": "predictions", "name": name, **filters}


def _collected(
    resources: Resources, team: str, name: str, wanted: PredictionFilter
) -> tuple[FollowedScheduler, str | None]:
    """The scheduler, and a warning when what is new could not be collected."""
    if settled := find_settled(resources, team, name, wanted.end_time):
        return settled, None
    try:
        return collect_now(resources, name), None
    except Problem as problem:
        with resources.database.begin() as db:
            followed = collecting.find_followed(db, team, name)
        if followed is None:
            raise
        gone = isinstance(problem, SchedulerNotFound)
        return followed, None if gone else f"The newest predictions may be missing: {problem.detail}"


def _batches(
    resources: Resources, scheduler_id: int, of_page: PredictionFilter, first: list[Prediction]
) -> Iterator[list[Prediction]]:
    """Each batch is a query of its own: no connection is held while a slow caller reads."""
    batch = first
    while batch:
        yield batch
        if len(batch) < _BATCH:
            return
        with resources.database.begin() as db:
            batch = predictions.read(db, scheduler_id, of_page, batch[-1].timestamp, _BATCH)


def _position(cursor: str | None, name: str, wanted: PredictionFilter) -> datetime | None:
    if not cursor:
        return None
    position = decode_cursor(cursor, prediction_query(name, wanted))
    try:
        return datetime.fromisoformat(position)
    except (TypeError, ValueError) as error:
        detail = "The cursor does not lead to a prediction. Take it from the `next` of a page."
        raise BadCursor(detail, errors=[at_parameter("cursor", detail)]) from error


def _check_range(wanted: PredictionFilter) -> None:
    if wanted.start_time and wanted.end_time and wanted.end_time <= wanted.start_time:
        detail = "end_time must be later than start_time."
        raise InvalidRequest(detail, errors=[at_parameter("end_time", detail)])
