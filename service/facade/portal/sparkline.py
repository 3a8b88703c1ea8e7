"""A day of scores as a small line: SVG that needs no script, with what was anomalous marked below it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from markupsafe import Markup

from service.facade.domain.fleet import Peak

WIDTH, HEIGHT = 120, 28
_TOP, _FOOT = 2, 22  # where scores of 1 and 0 are drawn; below are the marks
_SPAN = timedelta(days=1)
_BREAK = timedelta(minutes=65)  # between two windows of an hourly scheduler lies an hour
_SVG = Markup(
    '<svg class="spark" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"'
    ' aria-label="{label}"><path class="base" d="M0 22.5H{width}"/>{marks}<path class="line" d="{line}"/></svg>'
)
_MARK = Markup('<rect class="anomalous" x="{:.1f}" y="24" width="{:.1f}" height="3"/>')


def sparkline(peaks: Sequence[Peak], now: datetime) -> Markup:
    """The scores of the day up to `now`; a pause without any is a gap."""
    return _SVG.format(width=WIDTH, height=HEIGHT, label=_said(peaks), marks=_marks(peaks, now), line=_line(peaks, now))


def _line(peaks: Sequence[Peak], now: datetime) -> str:
    """Begun anew after each pause, so that nothing is drawn where nothing was scored."""
    steps, last = [], None
    for peak in peaks:
        if peak.score is None:
            continue
        letter = "M" if last is None or peak.time - last > _BREAK else "L"
        steps.append(f"{letter}{_x(peak.time, now):.1f} {_y(peak.score):.1f}")
        last = peak.time
    return "".join(steps)


def _marks(peaks: Sequence[Peak], now: datetime) -> Markup:
    return Markup("").join(_MARK.format(start, max(1.5, end - start)) for start, end in _stretches(peaks, now))


def _stretches(peaks: Sequence[Peak], now: datetime) -> Iterator[tuple[float, float]]:
    """From where to where marks go: neighbours are one."""
    width = WIDTH * (timedelta(minutes=15) / _SPAN)
    start = end = None
    for peak in peaks:
        if not peak.is_anomalous:
            continue
        place = max(0.0, _x(peak.time, now) - width)
        if end is not None and place - end > 0.1:
            yield start, end
            start = None
        start, end = place if start is None else start, place + width
    if end is not None:
        yield start, min(end, WIDTH)


def _x(time: datetime, now: datetime) -> float:
    return min(WIDTH, max(0.0, WIDTH * (1 - (now - time) / _SPAN)))


def _y(score: float) -> float:
    return _FOOT - (_FOOT - _TOP) * min(1.0, max(0.0, score))


def _said(peaks: Sequence[Peak]) -> str:
    """The line in words, for who cannot see it."""
    scores = [peak.score for peak in peaks if peak.score is not None]
    if not peaks:
        return "No scores in the last 24 hours"
    anomalous = sum(peak.is_anomalous for peak in peaks)
    highest = f"highest score {max(scores):.2f}, " if scores else ""
    return f"Last 24 hours: {highest}anomalous in {anomalous} of {len(peaks)} quarters of an hour"
