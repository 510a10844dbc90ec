#!/usr/bin/env python3
"""`gf load` against servers on loopback: what it counts, what it refuses, and how it ends. Nothing of it asks a daemon."""
import collections, http.server, json, pathlib, signal, socket, subprocess, sys, threading, time, unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from gfd import GF, Gfd


class Handler(http.server.BaseHTTPRequestHandler):
    """/STATUS answers with it; /close ends the connection after each answer, /reset before one; /slow waits for `go_on`."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        with self.server.lock:
            self.server.asked[(self.path, self.headers["Host"])] += 1
        self.server.arrived.set()
        if self.path == "/reset":
            self.close_connection = True
            return
        if self.path == "/slow":
            self.server.go_on.wait(30)
        status = int(self.path[1:]) if self.path[1:].isdigit() else 200
        self.send_response(status)
        self.send_header("Content-Length", "3")
        if self.path == "/close":
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"ok\n")

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked, self.connections = collections.Counter(), 0
        self.lock, self.arrived, self.go_on = threading.Lock(), threading.Event(), threading.Event()
        self.url = f"http://localhost:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def process_request(self, *connection):
        self.connections += 1
        super().process_request(*connection)

    def go_on_after(self, seconds):
        """Seconds from the first request."""
        def wait():
            self.arrived.wait(30)
            time.sleep(seconds)
            self.go_on.set()
        threading.Thread(target=wait, daemon=True).start()

    def handle_error(self, *_):  # clients that leave are part of the tests
        pass

    def end(self):
        self.go_on.set()
        self.shutdown()
        self.server_close()


class Load(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gfd = Gfd()
        cls.addClassCleanup(cls.gfd.close)

    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.end)

    def load(self, *words, code=0, url=None):
        done = self.gfd.gf("-o", "json", "load", url or self.server.url, *words)
        self.assertEqual((done.returncode, done.stderr), (code, ""))
        return json.loads(done.stdout)

    def short(self, path, **options):
        """Forty requests over four connections within a second or so."""
        return self.load("--path", path, "--rate", "40", "--duration", "1s", "--connections", "4", **options)

    def test_every_request_is_counted_once_and_connections_are_kept(self):
        result = self.short("/200")
        self.assertEqual(self.server.asked, {("/200", f"localhost:{self.server.server_port}"): result["answered"]})
        self.assertEqual(result["due"], 40)
        self.assertEqual(result["answered"] + result["left"], 40)
        self.assertEqual((result["statuses"], result["errors"]), ({"200": result["answered"]}, {}))
        self.assertLessEqual(self.server.connections, 4)
        latency = result["latency_ms"]
        self.assertTrue(0 < latency["p50"] <= latency["p95"] <= latency["p99"] <= latency["max"], latency)
        self.assertFalse(self.gfd.pid)

    def test_statuses_are_answers(self):
        for status in ("404", "503"):
            result = self.short(f"/{status}")
            self.assertEqual((list(result["statuses"]), result["errors"]), ([status], {}))

    def test_a_server_that_closes_each_connection_is_asked_over_new_ones(self):
        result = self.short("/close")
        self.assertEqual((result["statuses"], result["errors"]), ({"200": result["answered"]}, {}))
        self.assertEqual(self.server.connections, result["answered"])

    def test_no_answer_at_all_is_told_and_is_an_error(self):
        result = self.short("/reset", code=1)
        self.assertEqual((result["answered"], result["statuses"], result["latency_ms"]), (0, {}, None))
        self.assertEqual(list(result["errors"]), ["the connection was closed"])
        with socket.socket() as nobody:  # bound and not listening: nobody else gets the port meanwhile
            nobody.bind(("127.0.0.1", 0))
            result = self.short("/", code=1, url=f"http://127.0.0.1:{nobody.getsockname()[1]}")
        self.assertEqual(list(result["errors"]), ["Connection refused"])

    def test_a_slow_server_gets_no_more_than_the_connections_and_the_rest_is_told(self):
        self.server.go_on_after(1.5)  # when nothing more is sent
        result = self.short("/slow")
        self.assertLessEqual(result["answered"], 4)
        self.assertEqual((self.server.connections, result["left"]), (result["answered"], 40 - result["answered"]))
        self.assertGreater(result["latency_ms"]["max"], 1400)

    def test_latencies_count_from_when_a_request_was_to_be_sent(self):
        self.server.go_on_after(0.5)
        result = self.load("--path", "/slow", "--rate", "40", "--duration", "1s", "--connections", "1")
        # Only one request waited in the server; those whose time came meanwhile waited for its connection.
        self.assertGreater(result["answered"], 2)
        self.assertGreater(result["latency_ms"]["p95"], 100, result)

    def test_an_interrupt_ends_it_with_the_result_so_far(self):
        running = subprocess.Popen([str(GF), "-o", "json", "load", self.server.url, "--duration", "10m", "--rate", "100"],
                                   env=self.gfd.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertTrue(self.server.arrived.wait(30))
        while sum(self.server.asked.values()) < 20:
            self.server.arrived.clear()
            self.assertTrue(self.server.arrived.wait(30))
        running.send_signal(signal.SIGINT)
        said, errors = running.communicate(timeout=30)
        result = json.loads(said)
        self.assertEqual((running.returncode, errors, result["interrupted"]), (0, "", True))
        self.assertGreater(result["answered"], 0)

    def test_people_get_a_table(self):
        done = self.gfd.gf("load", self.server.url, "--duration", "200ms")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for part in ("answered", "status 200", "p50", "p99", f"http://127.0.0.1:{self.server.server_port}/"):
            self.assertIn(part, done.stdout)

    def test_what_is_refused_is_refused_before_anything_is_sent(self):
        url = self.server.url
        rows = [(["http://example.com"], "it does not lie on this machine's loopback"), (["http://192.0.2.1:80"], "loopback"),
                (["http://0.0.0.0:80"], "loopback"), (["https://localhost"], "it is no address of http"),
                ([url + "/x"], "it has a path\n  try: --path"), ([url, "--gateway"], "through the gateway"),
                ([url, "--rate", "2001"], "--rate"), ([url, "--rate", "0"], "--rate"), ([url, "--rate", "nan"], "--rate"),
                ([url, "--duration", "11m"], "--duration"), ([url, "--duration", "0s"], "--duration"), ([url, "--duration", "x"], "--duration"),
                ([url, "--connections", "201"], "--connections"), ([url, "--connections", "-1"], "--connections"),
                ([url, "--path", "x"], "it must begin with '/'"), ([url, "--path", "/a b"], "percent-encoded")]
        for words, expected in rows:
            with self.subTest(words=words):
                refused = self.gfd.gf("load", *words)
                self.assertEqual((refused.returncode, refused.stdout), (2, ""), refused.stderr)
                self.assertTrue(refused.stderr.startswith("gf: cannot "), refused.stderr)
                self.assertEqual(refused.stderr.count("gf: "), 1)
                self.assertIn(expected, refused.stderr)
        self.assertEqual(self.server.asked, {})
        self.assertFalse(self.gfd.pid)

    def test_without_a_project_it_is_told(self):
        with Gfd() as gfd:
            refused = gfd.gf("-C", gfd.checkout(), "load")
            self.assertEqual((refused.returncode, refused.stdout), (4, ""))
            self.assertIn("cannot find a project of", refused.stderr)


if __name__ == "__main__":
    unittest.main()
