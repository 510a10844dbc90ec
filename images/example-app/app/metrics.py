"""What Prometheus asks for: how requests go, how the layers are used and by how many."""

import time
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, GCCollector, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder

ACTIVE_SECONDS = 300  # a user is active for this long after a request
USERS_LIMIT = 10_000  # that are told apart: beyond it the longest away are forgotten


class Users:
    """Who was here lately. A user is whatever the header X-User says, else an address."""

    def __init__(self, clock=time.monotonic):
        self._clock = clock
        self._seen = {}  # the longest away come first

    def saw(self, name):
        self._seen.pop(name, None)
        self._seen[name] = self._clock()
        if len(self._seen) > USERS_LIMIT:
            del self._seen[next(iter(self._seen))]

    def active(self):
        since = self._clock() - ACTIVE_SECONDS
        while self._seen and self._seen[oldest := next(iter(self._seen))] < since:
            del self._seen[oldest]
        return len(self._seen)


class Pools:
    """The connection pools, looked at when they are asked for."""

    def __init__(self, ask):
        self._ask = ask

    def collect(self):
        family = GaugeMetricFamily("layer_pool_connections", "Connections to a layer", labels=("layer", "state"))
        for layer, (used, idle) in self._ask().items():
            family.add_metric((layer, "used"), used)
            family.add_metric((layer, "idle"), idle)
        yield family


class Metrics:
    def __init__(self, pools=dict):
        """`pools()`: {layer: (used, idle)}."""
        self.registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self.registry.register(Pools(pools))
        self.users = Users()
        own = {"registry": self.registry}
        self.requests = Counter("http_requests", "HTTP requests answered", ("method", "path", "status"), **own)
        self.seconds = Histogram("http_request_seconds", "Time to answer", ("path",), **own)
        self.in_flight = Gauge("http_requests_in_flight", "HTTP requests that are being answered", **own)
        self.visits = Counter("layer_visits", "Visits of a layer: which features are used, and how often in vain", ("layer", "outcome"), **own)
        self.visit_seconds = Histogram("layer_visit_seconds", "Time of a visit", ("layer",), **own)
        self.consumed = Counter("kafka_messages_consumed", "Messages that the consumer has taken", **own)
        Gauge("active_users", f"Users of the last {ACTIVE_SECONDS} seconds", **own).set_function(self.users.active)

    def render(self, accept):
        """(text, content type). Whoever understands OpenMetrics gets exemplars: the trace of a request in each bucket."""
        encode, content_type = choose_encoder(accept)
        return encode(self.registry), content_type

    def answered(self, method, path, status, seconds, trace):
        self.requests.labels(method, path, status).inc()
        self.seconds.labels(path).observe(seconds, exemplar={"trace_id": trace} if trace else None)

    @contextmanager
    def visit(self, layer):
        started, outcome = time.perf_counter(), "failed"
        try:
            yield
            outcome = "ok"
        finally:
            self.visits.labels(layer, outcome).inc()
            self.visit_seconds.labels(layer).observe(time.perf_counter() - started)
