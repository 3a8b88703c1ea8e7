"""The only module that knows OpenTelemetry; imported where a collector is named."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread

from opentelemetry import propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from service import __version__
from service.tracing.spans import Kind, Value

_FLUSH_SECONDS = 3.0  # of a process that ends; a collector that is away by then has had its time


@dataclass(frozen=True)
class OpenSpan:
    """Implements `spans.Span`."""

    span: trace.Span

    def note(self, attributes: Mapping[str, Value], name: str | None = None) -> None:
        if name:
            self.span.update_name(name)
        self.span.set_attributes(attributes)

    def headers(self) -> dict[str, str]:
        found: dict[str, str] = {}
        propagate.inject(found, trace.set_span_in_context(self.span))
        return found

    def end(self, fault: str | None = None) -> None:
        if fault:
            self.span.set_status(trace.StatusCode.ERROR)
            self.span.set_attribute("error.type", fault)
        self.span.end()


@dataclass(frozen=True)
class OpenTracer:
    """Implements `spans.Tracer`."""

    provider: TracerProvider
    tracer: trace.Tracer

    def start(self, kind: Kind, name: str, headers: Mapping[str, str] | None) -> OpenSpan:
        context = None if headers is None else propagate.extract(headers)
        return OpenSpan(self.tracer.start_span(name, context, kind=trace.SpanKind[kind]))

    @contextmanager
    def around(self, span: OpenSpan) -> Iterator[None]:
        with trace.use_span(span.span, end_on_exit=False, record_exception=False, set_status_on_exception=False):
            yield

    def current(self) -> OpenSpan:
        return OpenSpan(trace.get_current_span())

    def close(self) -> None:
        """Send what is not sent yet, for a bounded time."""
        flushing = Thread(target=self.provider.shutdown, daemon=True)
        flushing.start()
        flushing.join(_FLUSH_SECONDS)


def open_tracer(process: str) -> OpenTracer:
    """A tracer that sends to the collector in the environment, sampled and named as the environment says.

    Endpoint, headers, sampler, resource and batches are read by the SDK itself, by their standard names.
    """
    own = {"service.name": f"lookout-{process}", "service.namespace": "lookout", "service.version": __version__}
    resource = Resource.create({**own, **OTELResourceDetector().detect().attributes})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return OpenTracer(provider, provider.get_tracer("lookout", __version__))
