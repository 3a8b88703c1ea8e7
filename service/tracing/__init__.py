"""Traces for OpenTelemetry: what one request sets in motion, across HTTP, messages and calls of the upstream.

Where `OTEL_EXPORTER_OTLP_ENDPOINT` is not set nothing of OpenTelemetry is imported, and every function here returns at
once. Only `opened` knows the library. Spans are named by route, task or operation; their attributes are what log lines
carry, and never an address, a body or a text of an exception: those may hold secrets.
"""

from service.tracing.spans import Span, carried, finish, note, of_log_lines, span, start_span, within
from service.tracing.starting import start_tracing

__all__ = ["Span", "carried", "finish", "note", "of_log_lines", "span", "start_span", "start_tracing", "within"]
