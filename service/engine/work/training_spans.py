"""Which stretches of time a training reads one after the other, so that each holds a bounded part of the data."""

from collections.abc import Iterable, Iterator, Sequence

from service.engine.work.dataset_copies import ComponentCopy

Span = tuple[int, int]
"""start < time <= end, in nanoseconds since 1970."""


def spans_of(
    copies: Sequence[ComponentCopy], start: int, end: int, cells: int, step: int | None, *, sensors: Sequence[int]
) -> list[Span]:
    """Cut (start, end] so that a stretch has about so many cells (rows x sensors).

    A stretch may have more by what one row group of each component holds. Where the copies have nothing, as many rows
    in a second are expected as they have on average: accumulated inference data lie there.

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
    return list(zip(cuts, [*cuts[1:], end], strict=True))


def cells_between(copies: Sequence[ComponentCopy], sensors: Sequence[int], start: int, end: int) -> int:
    """About how many cells the copies have in (start, end]."""
    return sum(cells for at, cells in _groups(copies, sensors) if start < at <= end)


def _on_grid(time: int, step: int | None) -> int:
    return time if step is None else time // step * step


def _marks(
    copies: Sequence[ComponentCopy], sensors: Sequence[int], start: int, end: int, cells: int
) -> Iterator[tuple[int, float]]:
    """Times in order, each with the cells that begin there."""
    inside = sorted(mark for mark in _groups(copies, sensors) if start < mark[0] <= end)
    yield from inside
    first, last = _reach(copies)
    density = sum(mark[1] for mark in _groups(copies, sensors)) / max(last - first, 1)
    if end > last and density:
        yield from _expected(max(last, start), end, cells, density)


def _expected(start: int, end: int, cells: int, density: float) -> Iterable[tuple[int, float]]:
    portions = max(round((end - start) * density / cells), 1)
    return ((start + (end - start) * number // portions, float(cells)) for number in range(1, portions))


def _groups(copies: Sequence[ComponentCopy], sensors: Sequence[int]) -> Iterator[tuple[int, int]]:
    for copy, width in zip(copies, sensors, strict=True):
        for file in copy.files:
            yield from ((group.start, group.rows * width) for group in file.groups)


def _reach(copies: Sequence[ComponentCopy]) -> Span:
    return (
        min(copy.files[0].groups[0].start for copy in copies),
        max(copy.files[-1].end for copy in copies),
    )
