"""What a command shows: tables for people, plain columns in a pipe, JSON for machines; notes go to standard error."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

_STYLES = {
    **dict.fromkeys(("RUNNING", "SUCCESS", "succeeded", "NORMAL", "normal", "ok", "closed"), "green"),
    **dict.fromkeys(("PENDING", "STOPPING", "IN_PROGRESS", "queued", "running", "warning"), "yellow"),
    **dict.fromkeys(("FAILED", "failed", "ANOMALOUS", "ANOMALY", "open", "cancelled"), "bold red"),
    **dict.fromkeys(("STOPPED", "-", "skipped"), "dim"),
}
Row = Sequence[object]
_ORDERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # of ECMA-48; not the tab and the end of a line


class Screen:
    """Standard output and standard error. Colours and frames only where a terminal is; NO_COLOR is heeded."""

    def __init__(self) -> None:
        self.out = Console(highlight=False)
        self.err = Console(stderr=True, highlight=False)

    def json(self, document: Any, *, on_one_line: bool = False) -> None:
        """One document; indented for eyes."""
        indent = 2 if self.out.is_terminal and not on_one_line else None
        click.echo(json.dumps(document, indent=indent, ensure_ascii=False))

    def line(self, text: str, style: str = "") -> None:
        """One line as it is, at once."""
        if self.out.is_terminal:
            self.out.print(Text(_harmless(text), style), soft_wrap=True)
        else:
            click.echo(text)

    def lines(self, texts: Iterable[str]) -> None:
        for text in texts:
            self.line(text)

    def note(self, text: str) -> None:
        self.err.print(Text(_harmless(text), "dim"), soft_wrap=True)

    def table(self, columns: Sequence[str], rows: Iterable[Row]) -> None:
        cells = [[_cell(value) for value in row] for row in rows]
        if not self.out.is_terminal:
            self._plain(columns, cells)
            return
        table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in cells:
            table.add_row(*(Text(_harmless(cell), _STYLES.get(cell, "")) for cell in row))
        self.out.print(table)

    def fields(self, entries: Iterable[tuple[str, object]]) -> None:
        """One thing, a line for each of its fields."""
        told = [(name, _cell(value)) for name, value in entries]
        width = max((len(name) for name, _ in told), default=0)
        for name, value in told:
            self.line(f"{name:<{width}}  {value}")

    @contextmanager
    def progress(self, words: str, *, in_bytes: bool = False) -> Iterator[Callable[[int, int | None], None]]:
        """A bar on standard error while the block runs, if that is a terminal; it is told (done, total)."""
        counted = DownloadColumn() if in_bytes else MofNCompleteColumn()
        bar = Progress(TextColumn("{task.description}"), BarColumn(), counted, console=self.err, transient=True,
                       disable=not self.err.is_terminal)  # fmt: skip
        with bar:
            task = bar.add_task(words, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)

    def _plain(self, columns: Sequence[str], rows: list[list[str]]) -> None:
        widths = [max(map(len, column)) for column in zip(columns, *rows, strict=True)]
        for row in (columns, *rows):
            click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _harmless(text: str) -> str:
    """What others wrote, such as a note or an answer of a receiver, gives no orders to a terminal."""
    return _ORDERS.sub("\N{REPLACEMENT CHARACTER}", text)


def _cell(value: object) -> str:
    if value is None or value in ("", []):
        return "-"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
