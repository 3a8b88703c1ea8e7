"""Spans of this process. Until `turn_on` was called, there are none."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Literal, Protocol

import structlog

Kind = Literal["SERVER", "CLIENT", "PRODUCER", "CONSUMER"]
Value = str | int
_FROM_LOG_LINES = ("request_id", "team", "scheduler", "task_id", "row_id")


class Span(Protocol):
    """A piece of work that has begun."""

    def note(self, attributes: Mapping[str, Value], name: str | None = None) -> None:
        """Say more about it; its name is a better one, where there is one."""

    def headers(self) -> dict[str, str]:
        """What a message or a request that belongs to it has to carry (W3C Trace Context)."""

    def end(self, fault: str | None = None) -> None:
        """With `fault`, the kind of an exception or a status, it counts as failed."""


class Tracer(Protocol):
    """What `opened` makes of OpenTelemetry."""

    def start(self, kind: Kind, name: str, headers: Mapping[str, str] | None) -> Span:
        """A child of what the headers carry; without headers, of the span around it."""

    @contextmanager
    def around(self, span: Span) -> Iterator[None]:
        """Spans that are started inside of the block are its children."""

    def current(self) -> Span: ...

    def close(self) -> None:
        """Send what is not sent yet, for a bounded time."""


_tracer: Tracer | None = None


def turn_on(tracer: Tracer | None) -> None:
    global _tracer
    _tracer = tracer


def finish() -> None:
    """Send what is left, when the process ends."""
    if _tracer is not None:
        _tracer.close()


def start_span(kind: Kind, name: str, headers: Mapping[str, str] | None = None) -> Span | None:
    """Begin a span that somebody ends; None where nothing is traced."""
    return _tracer.start(kind, name, headers) if _tracer else None


@contextmanager
def within(begun: Span) -> Iterator[None]:
    """What begins inside of the block belongs to the span."""
    if _tracer is None:
        yield
        return
    with _tracer.around(begun):
        yield


@contextmanager
def span(kind: Kind, name: str, headers: Mapping[str, str] | None = None) -> Iterator[Span | None]:
    """A span around the block, a child of what `headers` carry. What log lines at its end carry becomes attributes."""
    if _tracer is None:
        yield None
        return
    begun = _tracer.start(kind, name, headers)
    fault = None
    try:
        with _tracer.around(begun):
            yield begun
    except BaseException as error:
        fault = type(error).__name__
        raise
    finally:
        begun.note(of_log_lines())
        begun.end(fault)


def note(attributes: Mapping[str, Value], name: str | None = None) -> None:
    """Say more about the span around this line."""
    if _tracer is not None:
        _tracer.current().note(attributes, name)


def carried() -> dict[str, str]:
    """The headers of a message or request that is sent here."""
    return _tracer.current().headers() if _tracer else {}


def of_log_lines() -> dict[str, str]:
    """What every log line carries that is written here, as attributes of our own."""
    bound = structlog.contextvars.get_contextvars()
    return {f"lookout.{name}": str(bound[name]) for name in _FROM_LOG_LINES if name in bound}
