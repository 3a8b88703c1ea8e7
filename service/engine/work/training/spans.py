"""Which stretches of time a training reads one after the other, so that each holds a bounded part of the data."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil

from service.engine.work.bucket.dataset_copies import ComponentCopy

Span = tuple[int, int]
"""start < time <= end, in nanoseconds since 1970."""


FINENESS = 8  # a row group is cut where it has more than this part of what a stretch may have


def spans_of(
    copies: Sequence[ComponentCopy], start: int, end: int, cells: int, step: int | None, *, sensors: Sequence[int]
) -> list[Span]:
    """Cut (start, end] so that a stretch has about so many cells (rows x sensors).

    Rows are taken to be spread evenly inside a row group. Where the copies have nothing, as many rows in a second are
    expected as they have on average: accumulated inference data lie there.

    Args:
        copies: of the components; their indexes say how many rows there are from when on.
        step: the sampling rate in nanoseconds; every cut but the last lies on its grid, so that no bucket is cut.
        sensors: how many sensors of each component are read.
    """
    cuts, held = [start], 0.0
    for at, more in _marks(copies, sensors, start, end, cells):
        held += more
        cut = _on_grid(at - 1, step)
        if held > cells and cut > cuts[-1]:
            cuts.append(cut)
            held = more
    return list(pairwise([*cuts, end]))


def cells_between(copies: Sequence[ComponentCopy], sensors: Sequence[int], start: int, end: int) -> int:
    """About how many cells there are in (start, end]."""
    groups = _groups(copies, sensors)
    inside = sum(cells * _share(first, last, start, end) for first, last, cells in groups)
    _, last = _reach(copies)
    return round(inside + _density(copies, sensors) * max(end - max(last, start), 0))


def _share(first: int, last: int, start: int, end: int) -> float:
    """How much of first .. last lies in (start, end]."""
    return max(min(last, end) - max(first, start + 1) + 1, 0) / (last - first + 1)


def _on_grid(time: int, step: int | None) -> int:
    return time if step is None else time // step * step


def _marks(
    copies: Sequence[ComponentCopy], sensors: Sequence[int], start: int, end: int, cells: int
) -> Iterator[tuple[int, float]]:
    """Times in order, each with the cells that begin there."""
    marks = (mark for group in _groups(copies, sensors) for mark in _cut(group, cells / FINENESS))
    yield from sorted(mark for mark in marks if start < mark[0] <= end)
    _, last = _reach(copies)
    if end > last:
        first = max(last, start)
        yield from _cut((first + 1, end, _density(copies, sensors) * (end - first)), cells / FINENESS)


def _cut(group: tuple[int, int, float], cells: float) -> Iterator[tuple[int, float]]:
    first, last, held = group
    parts = max(ceil(held / cells), 1)
    return ((first + (last - first) * number // parts, held / parts) for number in range(parts))


def _groups(copies: Sequence[ComponentCopy], sensors: Sequence[int]) -> Iterator[tuple[int, int, float]]:
    """Row groups: from when to when, and how many cells."""
    for copy, width in zip(copies, sensors, strict=True):
        for file in copy.files:
            ends = [*(group.start - 1 for group in file.groups[1:]), file.end]
            for group, end in zip(file.groups, ends, strict=True):
                yield group.start, end, float(group.rows * width)


def _density(copies: Sequence[ComponentCopy], sensors: Sequence[int]) -> float:
    """Cells in a nanosecond, on average."""
    first, last = _reach(copies)
    return sum(held for _, _, held in _groups(copies, sensors)) / (last - first + 1)


def _reach(copies: Sequence[ComponentCopy]) -> Span:
    return (
        min(copy.files[0].groups[0].start for copy in copies),
        max(copy.files[-1].end for copy in copies),
    )
