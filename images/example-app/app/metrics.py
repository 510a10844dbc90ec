"""Counts and times requests for Prometheus."""

import time

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, GCCollector, Histogram, PlatformCollector
from prometheus_client import ProcessCollector, generate_latest


class Metrics:
    CONTENT_TYPE = CONTENT_TYPE_LATEST

    def __init__(self):
        self.registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        labels = ("method", "path", "status")
        self.requests = Counter("http_requests", "HTTP requests answered", labels, registry=self.registry)
        self.seconds = Histogram("http_request_seconds", "Time to answer", ("path",), registry=self.registry)
        self.consumed = Counter("kafka_messages_consumed", "Messages that the consumer has taken", registry=self.registry)

    def render(self):
        return generate_latest(self.registry)

    def middleware(self, application):
        """Plain ASGI: one call more per request, no extra task, no copied body."""

        async def measured(scope, receive, send):
            if scope["type"] != "http":
                return await application(scope, receive, send)
            started, status = time.perf_counter(), 500

            async def watch(message):
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                await send(message)

            try:
                await application(scope, receive, watch)
            finally:
                route = scope.get("route")  # the pattern, not the address: "/api/{name}" is one series, not many
                path = route.path if route else "unmatched"
                self.requests.labels(scope["method"], path, status).inc()
                self.seconds.labels(path).observe(time.perf_counter() - started)

        return measured
