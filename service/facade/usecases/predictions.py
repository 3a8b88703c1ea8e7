"""Reading predictions out of our own store; what is new is collected on the spot, within a bound.

Rows come in one of three ways: in the order of time, in the order in which they were recorded, or as the extremes of a
long series. Every batch is read in a transaction of its own: a caller who takes hours over an export holds neither a
connection nor a snapshot. The price is that a row which is scored again meanwhile may come in either form.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from service.facade.domain.buckets import bucket_width
from service.facade.domain.predictions import PredictionBatch, PredictionQuery
from service.facade.domain.sensor_names import choose_sensors
from service.facade.resources import Resources
from service.facade.store import prediction_extremes, prediction_rows
from service.facade.store.prediction_rows import Recorded, Rows, SensorLists, Stretch
from service.facade.usecases.collected import find_collected
from service.facade.usecases.prediction_positions import Start, check_query, find_start

_BATCH_ROWS = (500, 10_000)  # at least, at most
_BATCH_CELLS = 400_000


@dataclass(frozen=True, kw_only=True)
class PredictionPage:
    """Predictions in batches that are read as they are asked for.

    `sensors` are those whose contributions are shown, the columns of a table. `next_position` is where the next page in
    time begins; `more` says whether rows follow this page, in any order. Whoever has read the page, and those before
    it, has seen all that was recorded up to `recorded_through`. `bucket_width` is set where rows were left out, and
    `warning` says why the newest may be missing.
    """

    batches: Iterator[list[PredictionBatch]]
    sensors: tuple[str, ...]
    recorded_through: int
    more: bool = False
    next_position: Any = None
    bucket_width: timedelta | None = None
    warning: str | None = None


def find_predictions(resources: Resources, team: str, name: str, query: PredictionQuery) -> PredictionPage:
    """Answer a question about the predictions of a scheduler. A scheduler that was deleted still has its history.

    Raises:
        SchedulerNotFound: neither the upstream nor our store knows the name.
        InvalidRequest, BadCursor
    """
    check_query(query)
    start = find_start(name, query)
    followed, warning = find_collected(resources, team, name, query.wanted.end_time)
    if query.max_points:
        return replace(find_extremes(resources, followed.id, query), warning=warning)
    return replace(_every_row(resources, followed.id, query, start), warning=warning)


def _every_row(resources: Resources, scheduler_id: int, query: PredictionQuery, start: Start) -> PredictionPage:
    with resources.database.begin() as db:
        recorded = prediction_rows.recorded(db, scheduler_id)
        sensors, lists = _shown(query, recorded)
        stretch = start.stretch_of(recorded, query.limit)
        size = query.limit or _batch_rows(lists)
        first = prediction_rows.read(db, scheduler_id, query.wanted, stretch, size, lists)
    seen = start.seen(recorded, stretch, first)
    page = PredictionPage(batches=iter([first.batches]), sensors=sensors, recorded_through=seen)
    if query.limit is None:
        following = _following(resources, scheduler_id, query, stretch, first, lists, size)
        return replace(page, batches=following)
    return replace(page, more=first.more, next_position=start.next_position(seen, first))


def _following(
    resources: Resources,
    scheduler_id: int,
    query: PredictionQuery,
    stretch: Stretch,
    rows: Rows,
    lists: SensorLists | None,
    size: int,
) -> Iterator[list[PredictionBatch]]:
    yield rows.batches
    while rows.more:
        rest = replace(stretch, after=rows.last)
        with resources.database.begin() as db:
            rows = prediction_rows.read(db, scheduler_id, query.wanted, rest, size, lists)
        yield rows.batches


def find_extremes(resources: Resources, scheduler_id: int, query: PredictionQuery) -> PredictionPage:
    """Every row where there are no more than `max_points`, else the extremes of half as many pieces of time."""
    wanted, most = query.wanted, query.max_points or 0
    with resources.database.begin() as db:
        recorded = prediction_rows.recorded(db, scheduler_id)
        sensors, lists = _shown(query, recorded)
        extent = prediction_extremes.extent(db, scheduler_id, wanted)
        if extent.rows <= most or extent.start is None or extent.end is None:
            width, batches = None, prediction_rows.read(db, scheduler_id, wanted, Stretch(), most, lists).batches
        else:
            width = bucket_width(extent.end - extent.start, most // 2)
            batches = prediction_extremes.read_extremes(db, scheduler_id, wanted, width, lists)
    return PredictionPage(
        batches=iter([batches]), sensors=sensors, recorded_through=recorded.last_number, bucket_width=width
    )


def _shown(query: PredictionQuery, recorded: Recorded) -> tuple[tuple[str, ...], SensorLists | None]:
    """The sensors to show, and the lists to read contributions with: None when none are shown.

    While nothing is recorded no name can be told right from wrong, so that a page can be built before the first row.
    """
    asked = query.shown.sensors
    chosen = choose_sensors(asked, recorded.sensors) if asked and recorded.sensors else (asked or recorded.sensors)
    return ((), None) if query.shown.most == 0 else (chosen, recorded.sensor_lists)


def _batch_rows(lists: SensorLists | None) -> int:
    least, most = _BATCH_ROWS
    widest = max((len(names) for names in (lists or {}).values()), default=1)
    return max(least, min(most, _BATCH_CELLS // max(widest, 1)))
