"""Traces by OpenTelemetry. FastAPI itself makes a span of each request; here are those of what a request asks for. Without
OTEL_EXPORTER_OTLP_ENDPOINT none of the SDK is imported, and a span costs next to nothing."""

import asyncio
from contextlib import nullcontext

from opentelemetry import propagate, trace
from opentelemetry.trace import SpanKind

from app.sampling import Budget

QUIET = {"/healthz", "/readyz", "/metrics"}  # asked all the time, by machines
EXPORT_SECONDS = 2  # for one attempt to reach the collector, its repetitions included: the end of a worker waits that long at most

tracer = trace.get_tracer("app")
budget = Budget()


def start(environment, pod):
    """The provider of this process's spans, or None. They are sent by a thread of its own, from a queue that drops what is too
    much: a collector that is away holds up no request."""
    if not environment.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.instance.id": pod}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(timeout=EXPORT_SECONDS)))
    trace.set_tracer_provider(provider)
    return provider


async def flush(provider):
    """Sends what is left, at the end of a worker."""
    if provider:
        await asyncio.to_thread(provider.force_flush)


def is_quiet(scope):
    return scope.get("path") in QUIET


def is_untraced(scope):
    """Whether a request gets no span. Asked before anything is made for one. Who brings a trace along has decided that already."""
    if is_quiet(scope):
        return True
    return not any(name == b"traceparent" for name, _ in scope.get("headers", ())) and not budget.take()


def trace_id():
    """Of the span that is open, None without one that is kept."""
    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id) if context.trace_flags.sampled else None


def query(system, operation, target):
    """A span for one question to a store, in the trace of the request that asks it."""
    if not trace.get_current_span().is_recording():
        return nullcontext()
    return tracer.start_as_current_span(f"{operation} {target}", kind=SpanKind.CLIENT, attributes={
        "db.system.name": system, "db.operation.name": operation, "db.collection.name": target})


def _message(operation, topic, kind, context=None):
    return tracer.start_as_current_span(f"{operation} {topic}", context=context, kind=kind, attributes={
        "messaging.system": "kafka", "messaging.operation.type": operation, "messaging.destination.name": topic})


def send(topic):
    """A span for a message on its way to Kafka."""
    if not trace.get_current_span().is_recording():
        return nullcontext()
    return _message("send", topic, SpanKind.PRODUCER)


def process(topic, headers):
    """A span for a message that came from Kafka: in the trace of whoever sent it."""
    carrier = {name: value.decode() for name, value in headers}
    if not carrier:
        return nullcontext()
    return _message("process", topic, SpanKind.CONSUMER, propagate.extract(carrier))


def headers():
    """What a message takes along, so that its receiver goes on with the trace."""
    carrier = {}
    propagate.inject(carrier)
    return [(name, value.encode()) for name, value in carrier.items()]
