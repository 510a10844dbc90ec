"""Traces, logs and metrics of requests. Run with: python -m unittest discover -s tests -t ."""

import http.server
import json
import threading
import time
import unittest

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from app.metrics import ACTIVE_SECONDS, USERS_LIMIT, Users
from app.sampling import BURST, PER_SECOND, Budget
from tests.served import Served

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"
OPENMETRICS = "application/openmetrics-text; version=1.0.0"


class Collector:
    """Keeps the spans that it is sent. Use as a context manager."""

    def __enter__(self):
        self.spans, self.came = [], threading.Condition()
        collector = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                export = ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["Content-Length"])))
                with collector.came:
                    collector.spans += [span for one in export.resource_spans for scope in one.scope_spans for span in scope.spans]
                    collector.came.notify_all()
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{self.server.server_port}", "OTEL_BSP_SCHEDULE_DELAY": "100"}
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def wait_for(self, name):
        with self.came:
            assert self.came.wait_for(lambda: any(span.name == name for span in self.spans), 10), [span.name for span in self.spans]
            return next(span for span in self.spans if span.name == name)

    def wait_for_trace(self, trace):
        """Until a request's span of it has come: what ended before it has come as well."""
        with self.came:
            assert self.came.wait_for(lambda: any(span.trace_id.hex() == trace and span.name.startswith("GET") for span in self.spans), 10)


class Sampled(unittest.TestCase):
    def test_a_person_is_always_traced_and_a_load_seldom(self):
        now = 0.0
        budget = Budget(lambda: now)
        self.assertEqual([budget.take() for _ in range(BURST + 1)], [True] * BURST + [False])
        granted = 0
        for _ in range(2000):  # 200 a second for 10 s
            now += 0.005
            granted += budget.take()
        self.assertAlmostEqual(granted, 10 * PER_SECOND, delta=1)
        now += 3600
        self.assertEqual(sum(budget.take() for _ in range(2 * BURST)), BURST)

    def test_of_a_burst_some_requests_have_spans_and_no_query_stands_alone(self):
        with Collector() as collector, Served(REDIS_URL="redis://127.0.0.1:1/0", **collector.environment) as app:
            for _ in range(3 * BURST):
                app.get("/api/redis")
            app.get("/api/redis", traceparent=PARENT)  # who brings a trace along is traced at any load
            collector.wait_for_trace(TRACE)
            requests = [span for span in collector.spans if span.name == "GET /api/{name}"]
            self.assertGreaterEqual(len(requests), BURST)
            self.assertLess(len(requests), 3 * BURST)
            known = {span.span_id for span in requests}
            self.assertTrue(all(span.parent_span_id in known for span in collector.spans if span.name == "INCR visits"))


class Traced(unittest.TestCase):
    def test_a_request_is_a_span_in_the_trace_of_whoever_asks(self):
        with Collector() as collector, Served(**collector.environment) as app:
            for path in ("/healthz", "/readyz", "/metrics"):
                app.get(path)
            self.assertEqual(app.get("/api/all", traceparent=PARENT)[1]["trace"], TRACE)
            span = collector.wait_for("GET /api/all")
            self.assertEqual(span.trace_id.hex(), TRACE)
            self.assertEqual(len(collector.spans), 1)  # none of those that machines ask for

            line = next(json.loads(line) for line in app.text().splitlines() if '"GET /api/all"' in line)
            self.assertEqual((line["trace_id"], line["status"], line["level"]), (TRACE, 200, "info"))
            text = app.get("/metrics", Accept=OPENMETRICS)[1]
            self.assertRegex(text, rf'http_request_seconds_bucket{{le="[^"]+",path="/api/all"}} 1.0 # {{trace_id="{TRACE}"}}')

    def test_spans_of_the_layers_stand_below_the_request(self):
        with Collector() as collector, Served(REDIS_URL="redis://127.0.0.1:1/0", **collector.environment) as app:
            self.assertEqual(app.get("/api/redis", traceparent=PARENT)[0], 503)
            request, query = collector.wait_for("GET /api/{name}"), collector.wait_for("INCR visits")
            self.assertEqual((query.trace_id.hex(), query.parent_span_id), (TRACE, request.span_id))
            self.assertEqual(query.status.code, query.status.STATUS_CODE_ERROR)

    def test_what_is_left_is_sent_at_the_end(self):
        with Collector() as collector:
            with Served(**collector.environment | {"OTEL_BSP_SCHEDULE_DELAY": "60000"}) as app:
                app.get("/api/all")
            collector.wait_for("GET /api/all")

    def test_a_collector_that_is_away_holds_up_neither_requests_nor_the_end(self):
        with Served(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1", OTEL_BSP_SCHEDULE_DELAY="100") as app:
            app.get("/healthz")
            for _ in range(50):
                started = time.monotonic()
                self.assertEqual(app.get("/api/all")[0], 200)
                self.assertLess(time.monotonic() - started, 0.5)
            app.process.terminate()
            self.assertEqual(app.process.wait(6), 0)

    def test_without_a_collector_nothing_is_traced(self):
        with Served() as app:
            self.assertIsNone(app.get("/api/all", traceparent=PARENT)[1]["trace"])
            self.assertNotIn("trace_id", app.text())


class Counted(unittest.TestCase):
    def test_users_features_and_what_is_in_flight(self):
        with Served(REDIS_URL="redis://127.0.0.1:1/0") as app:
            for user in ("ann", "bob", "ann"):
                app.get("/api/redis", **{"X-User": user})
            text = app.get("/metrics")[1]
        for line in ("active_users 2.0", 'layer_visits_total{layer="redis",outcome="failed"} 3.0', 'layer_visit_seconds_count{layer="redis"} 3.0',
                     "http_requests_in_flight 1.0", 'layer_pool_connections{layer="redis",state="used"} 0.0'):
            self.assertIn(line, text)

    def test_users_are_forgotten_in_time_and_in_number(self):
        now = 0
        users = Users(lambda: now)
        for number in range(USERS_LIMIT + 5):
            users.saw(f"user-{number}")
        self.assertEqual(users.active(), USERS_LIMIT)
        now = ACTIVE_SECONDS
        users.saw("user-17")
        now = ACTIVE_SECONDS + 1
        self.assertEqual(users.active(), 1)


if __name__ == "__main__":
    unittest.main()
