"""What a chart shows, out of our own store: no more points than the picture has pixels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from math import isnan

from service.facade.domain.charts import Chart, ChartWanted, SensorShares
from service.facade.domain.predictions import PredictionBatch, PredictionFilter, PredictionQuery, ShownContributions
from service.facade.problems import InvalidRequest, at_parameter
from service.facade.resources import Resources
from service.facade.store import prediction_rows
from service.facade.usecases.chart_events import ChartEvents, find_chart_events
from service.facade.usecases.collected import find_collected
from service.facade.usecases.predictions import PredictionPage, find_extremes
from service.facade.usecases.time_ranges import check_asked_range

_FEWEST_POINTS = 20
_NOBODY = 0  # no scheduler has this id
_LONGEST = timedelta(days=3_660)
_GAP_PAUSES = 3  # so many usual pauses without a point are a gap


@dataclass(frozen=True, kw_only=True)
class ChartQuestion:
    """What a chart shows, before it is read: the range, and what had been recorded of the scheduler by then. As long as
    the question is the same, so is the chart."""

    inference_scheduler_name: str
    scheduler_id: int
    last_number: int
    start_time: datetime
    end_time: datetime
    wanted: ChartWanted
    pixels: int
    warning: str | None = None


def ask_for_chart(resources: Resources, team: str, name: str, wanted: ChartWanted, pixels: int) -> ChartQuestion:
    """What a chart of a scheduler shows on so many pixels of time; also of one that was deleted.

    Raises:
        SchedulerNotFound: neither the upstream nor our store knows the name.
        InvalidRequest: the range ends before it begins, or is too long.
    """
    start, end = wanted.range.at(resources.clock(), pixels)
    _check_range(start, end)
    followed, warning = find_collected(resources, team, name, end)
    with resources.database.begin() as db:
        recorded = prediction_rows.recorded(db, followed.id)
    return ChartQuestion(
        inference_scheduler_name=name,
        scheduler_id=followed.id,
        last_number=recorded.last_number,
        start_time=start,
        end_time=end,
        wanted=wanted,
        pixels=pixels,
        warning=warning,
    )


def empty_chart(resources: Resources, name: str, wanted: ChartWanted, pixels: int) -> ChartQuestion:
    """The question about a scheduler of which nothing is known, nor ever was."""
    start, end = wanted.range.at(resources.clock(), pixels)
    return ChartQuestion(
        inference_scheduler_name=name,
        scheduler_id=_NOBODY,
        last_number=0,
        start_time=start,
        end_time=end,
        wanted=wanted,
        pixels=pixels,
    )


def read_chart(resources: Resources, question: ChartQuestion) -> Chart:
    """
    Raises:
        InvalidRequest: nothing has a sensor of that name.
    """
    wanted, start, end = question.wanted, question.start_time, question.end_time
    has_shares = bool(wanted.sensors or wanted.contributors)
    found = find_chart_events(resources, question.scheduler_id, start, end, with_shares=has_shares)
    sensors = _chosen(wanted, found.in_events)
    query = PredictionQuery(
        wanted=PredictionFilter(start_time=start, end_time=end),
        shown=ShownContributions(sensors=sensors or None, most=None if sensors else 0),
        max_points=max(question.pixels, _FEWEST_POINTS),
    )
    return _chart(question, found, find_extremes(resources, question.scheduler_id, query))


def _chosen(wanted: ChartWanted, in_events: dict[str, float]) -> tuple[str, ...]:
    """The sensors that were named, then the largest contributors of the events."""
    largest = sorted(in_events, key=lambda sensor: in_events[sensor], reverse=True)[: wanted.contributors]
    return tuple(dict.fromkeys(chain(wanted.sensors, largest)))


def _chart(question: ChartQuestion, found: ChartEvents, page: PredictionPage) -> Chart:
    batches = list(chain.from_iterable(page.batches))
    return Chart(
        inference_scheduler_name=question.inference_scheduler_name,
        start_time=question.start_time,
        end_time=question.end_time,
        times=tuple(chain.from_iterable(batch.timestamps for batch in batches)),
        scores=tuple(chain.from_iterable(batch.scores for batch in batches)),
        pause=_longest_pause(found.pause, page.bucket_width),
        events=found.events,
        events_left_out=found.left_out,
        sensors=tuple(_shown(sensor, found, batches) for sensor in page.sensors),
        warning=question.warning,
    )


def _shown(sensor: str, found: ChartEvents, batches: Sequence[PredictionBatch]) -> SensorShares:
    shares = tuple(chain.from_iterable(_shares(batch, sensor) for batch in batches))
    return SensorShares(
        sensor=sensor, shares=shares, in_events=found.in_events.get(sensor, 0.0) if found.in_events else None
    )


def _shares(batch: PredictionBatch, sensor: str) -> Iterable[float | None]:
    if sensor not in batch.sensors:
        return [None] * len(batch)
    values = batch.shares[batch.sensors.index(sensor) :: len(batch.sensors)]
    return [None if isnan(value) else value for value in values]


def _longest_pause(usual: timedelta | None, bucket: timedelta | None) -> timedelta | None:
    """Longer is a gap. The extremes of neighbouring buckets are up to two buckets apart."""
    pauses = [_GAP_PAUSES * usual if usual else None, 2 * bucket if bucket else None]
    return max((pause for pause in pauses if pause), default=None)


def _check_range(start: datetime, end: datetime) -> None:
    check_asked_range(start, end)
    if end - start > _LONGEST:
        detail = "A chart shows at most ten years."
        raise InvalidRequest(detail, errors=[at_parameter("start_time", detail)])
