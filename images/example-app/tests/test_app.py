"""What the endpoints answer. Run with: python -m unittest discover -s tests -t ."""

import unittest

from tests.served import Served

NAMES = ["kafka", "mongodb", "mysql", "postgres", "redis", "zookeeper"]


class WithoutLayers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.app = Served()
        cls.addClassCleanup(cls.app.__exit__)

    def test_index_reads_the_message_for_each_request(self):
        self.assertEqual(self.app.get("/")[1], {"message": "Hello from Greenfield.", "pod": "pod-1"})
        self.app.replace("app/message.txt", "Hello from Greenfield.", "grüße")
        self.assertEqual(self.app.get("/")[1]["message"], "grüße")
        self.app.replace("app/message.txt", "grüße", "Hello from Greenfield.")

    def test_health(self):
        self.assertEqual(self.app.get("/healthz"), (200, {"status": "ok"}))

    def test_ready_when_nothing_is_used(self):
        self.assertEqual(self.app.get("/readyz"), (200, {"status": "ok", "layers": {}}))

    def test_a_layer_that_is_not_used_is_named(self):
        for name in NAMES:
            status, body = self.app.get(f"/api/{name}")
            self.assertEqual((status, body["error"]), (404, f"this project does not use {name}"))
            self.assertIn("greenfield.yaml", body["hint"])
        self.assertEqual(self.app.get("/api/kafka/consumer")[0], 404)

    def test_the_overview_has_a_row_for_each_layer(self):
        rows = self.app.get("/api")[1]["layers"]
        self.assertEqual(sorted(row["layer"] for row in rows), NAMES)
        self.assertEqual({row["state"] for row in rows}, {"off"})
        self.assertIn("'redis'", rows[0]["hint"])

    def test_a_browser_gets_the_page(self):
        status, text = self.app.get("/", Accept="text/html,application/xhtml+xml,*/*;q=0.8")
        self.assertEqual((status, text[:15]), (200, "<!doctype html>"))
        self.assertNotRegex(text, r'(src|href)="(https?:)?//')  # all that it needs is here

    def test_an_unknown_layer_names_the_known(self):
        status, body = self.app.get("/api/cobol")
        self.assertEqual((status, body["known"]), (404, NAMES))

    def test_metrics_count_by_route_pattern(self):
        self.app.get("/api/nothing")
        self.app.get("/no-such-page/17")
        status, text = self.app.get("/metrics")
        self.assertEqual(status, 200)
        self.assertIn('http_requests_total{method="GET",path="/api/{name}",status="404"}', text)
        self.assertIn('path="unmatched"', text)
        self.assertNotIn("no-such-page", text)


class WithUnreachableLayers(unittest.TestCase):
    def test_not_ready_and_says_why(self):
        nowhere = "127.0.0.1:1"
        urls = {"REDIS_URL": f"redis://{nowhere}/0", "DATABASE_URL": f"postgresql://u:p@{nowhere}/d",
                "MYSQL_URL": f"mysql://u:p@{nowhere}/d", "MONGODB_URI": f"mongodb://u:p@{nowhere}/d?directConnection=true"}
        with Served(KAFKA_BOOTSTRAP_SERVERS=nowhere, ZOOKEEPER_CONNECT=nowhere, **urls) as app:
            status, body = app.get("/readyz")
            self.assertEqual((status, body["status"], sorted(body["layers"])), (503, "waiting", NAMES))
            self.assertNotIn("ok", body["layers"].values())
            self.assertEqual(app.get("/healthz")[0], 200)
            for name in NAMES:
                status, body = app.get(f"/api/{name}")
                self.assertEqual((status, body["error"]), (503, f"cannot reach {name}"))
            for row in app.get("/api")[1]["layers"]:
                self.assertEqual((row["state"], row["milliseconds"]), ("waiting", None))
                self.assertTrue(row["last_error"])
            self.assertEqual(app.get("/api/kafka/consumer")[1]["messages"], 0)


if __name__ == "__main__":
    unittest.main()
