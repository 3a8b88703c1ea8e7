"""A chart in words: for those who do not see it, and for the line below its title."""

from datetime import UTC, datetime

from service.facade.domain.charts import Chart
from service.facade.domain.durations import format_duration

_MINUTE = "%-d %b %Y, %H:%M"


def title_of(chart: Chart) -> str:
    """`Anomaly score of pump-7`"""
    return f"Anomaly score of {chart.inference_scheduler_name}"


def range_of(chart: Chart) -> str:
    """`1 Mar 2026, 08:00 – 2 Mar 2026, 08:00 UTC`; the day alone once where both are the same."""
    start, end = chart.start_time.astimezone(UTC), chart.end_time.astimezone(UTC)
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{end:{_MINUTE}}"
    return f"{start:{_MINUTE}} – {until} UTC"


def outcome_of(chart: Chart) -> str:
    """`2 events, peak 0.93`; what there is to say where there is no event."""
    if not chart.times and not chart.events:
        return "no results"
    if not chart.events:
        return "no events"
    count = len(chart.events)
    more = "more than " if chart.events_left_out else ""
    said = f"{more}{count} event{'s' if count != 1 else ''}"
    peaks = [event.peak_score for event in chart.events if event.peak_score is not None]
    return f"{said}, peak {max(peaks):.2f}" if peaks else said


def description_of(chart: Chart) -> str:
    """The whole chart in sentences, as its alternative text."""
    said = [f"{title_of(chart)}, {range_of(chart)}: {outcome_of(chart)}."]
    scores = [(score, time) for score, time in zip(chart.scores, chart.times, strict=True) if score is not None]
    if scores:
        score, time = max(scores)
        said.append(f"The highest score is {score:.2f} at {_moment(time)}, the latest {scores[-1][0]:.2f}.")
    if chart.events:
        last = chart.events[-1]
        lasting = "has been going on" if last.status == "open" else "lasted"
        said.append(f"The last event began {_moment(last.start_time)} and {lasting} {format_duration(last.duration)}.")
    if shown := [f"{one.sensor} {100 * one.in_events:.0f} %" for one in chart.sensors if one.in_events is not None]:
        said.append(f"Shares in the events: {', '.join(shown)}.")
    return " ".join(said)


def _moment(time: datetime) -> str:
    return f"{time.astimezone(UTC):{_MINUTE}} UTC"
