"""What happens, as other programs read it: `gf events` and its stream; what `gf logs` and `gf dev` refuse."""
import json, pathlib, pty, os, select, signal, subprocess, sys, time, unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from gfd import GF, Connection, Gfd, MuteEngine


class Events(unittest.TestCase):
    def setUp(self):
        self.gfd = Gfd().start()
        self.addCleanup(self.gfd.close)

    def up_fails(self, name="shop"):
        """An `up` that ends for want of an engine; returns the checkout."""
        root = self.gfd.checkout(name)
        self.assertEqual(self.gfd.gf("-C", root, "up").returncode, 6)
        return root

    def now(self, *words):
        """All that has happened, parsed."""
        said = self.gfd.gf("-o", "json", "events", "--follow=false", *words)
        self.assertEqual((said.returncode, said.stderr), (0, ""))
        return [json.loads(line) for line in said.stdout.splitlines()]

    def test_an_operation_is_told_from_its_beginning_to_its_end(self):
        self.up_fails()
        events = [event for event in self.now() if event["type"] == "operation"]
        self.assertTrue(all((event["id"], event["kind"], event["subject"], event["project"]) == ("op-1", "up", "shop", "shop")
                            for event in events))
        own = self.gfd.events("op-1")
        self.assertEqual([event["event"] for event in events], own)
        self.assertEqual(own[-1]["error"]["code"], "engine-unavailable")

    def test_numbers_have_no_gaps_and_any_of_them_can_be_gone_on_from(self):
        self.up_fails()
        every = self.now()
        numbers = [event["seq"] for event in every]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))))
        self.assertEqual(self.now("--after", str(numbers[0]))[:1], every[1:2])
        for event in every:
            self.assertLessEqual({"seq", "time", "type"}, set(event))

    def test_lines_for_people(self):
        self.up_fails()
        said = self.gfd.gf("events", "--follow=false")
        self.assertEqual((said.returncode, said.stderr), (0, ""))
        self.assertRegex(said.stdout, r"(?m)^\d\d:\d\d:\d\d  up shop \(op-1\): running$")
        self.assertRegex(said.stdout, r"(?m)^\d\d:\d\d:\d\d  up shop \(op-1\): failed: cannot reach the container engine")

    def test_the_status_says_where_it_stands(self):
        before = self.gfd.ask("GET", "/v1/status").json["daemon"]["last_event"]
        self.up_fails()
        self.assertGreater(self.gfd.ask("GET", "/v1/status").json["daemon"]["last_event"], before)

    def test_a_new_project_is_told_with_its_state(self):
        root = self.up_fails()
        until = time.monotonic() + 10
        projects = []
        while not projects and time.monotonic() < until:
            time.sleep(0.1)
            projects = [event["now"] for event in self.now() if event["type"] == "project"]
        self.assertEqual((projects[0]["name"], projects[0]["root"]), ("shop", str(root)))

    def test_bad_requests_are_refused(self):
        newest = self.gfd.ask("GET", "/v1/status").json["daemon"]["last_event"]
        rows = [("after=x", "'after' must be a whole number"), ("after=-1", "'after' must be a whole number"),
                ("follow=perhaps", "'follow' must be true or false"),
                (f"after={newest + 1000000}", f"cannot read on after event {newest + 1000000}")]
        for query, words in rows:
            with self.subTest(query=query):
                answer = self.gfd.ask("GET", f"/v1/events?{query}")
                self.assertEqual(answer.status, 400)
                self.assertIn(words, answer.error["message"])
        refused = self.gfd.gf("events", "--after", str(newest + 1000000))
        self.assertEqual((refused.returncode, refused.stdout), (2, ""), refused.stderr)
        self.assertIn("gf events --after 0", refused.stderr)

    def test_it_follows_and_bridges_a_restart_of_the_daemon(self):
        following = subprocess.Popen([GF, "-o", "json", "events"], env=self.gfd.env, text=True, stdout=subprocess.PIPE)
        self.addCleanup(following.wait)
        self.addCleanup(following.kill)
        self.addCleanup(following.stdout.close)
        self.up_fails("first")
        self.assertEqual(self.until(following, "first")["id"], "op-1")
        self.gfd.end(signal.SIGKILL)
        self.gfd.start()
        self.up_fails("second")
        self.assertEqual(self.until(following, "second")["id"], "op-2")

    def until(self, following, project):
        """The next event of an operation of the project."""
        for line in following.stdout:
            event = json.loads(line)
            if event["type"] == "operation" and event["project"] == project:
                return event
        self.assertTrue(False, "the stream has ended")

    def test_a_reader_that_goes_away_harms_nobody(self):
        for _ in range(3):
            client = Connection(self.gfd.socket)
            client.request("GET", "/v1/events")
            client.getresponse()
            client.close()
        self.assertEqual(self.gfd.ask("GET", "/v1/version").status, 200)

    def test_logs_are_refused_before_anything_is_asked(self):
        self.gfd.gf("daemon", "stop")
        rows = [(["--grep", "(a"], "cannot use --grep '(a': a fault at character "),
                (["--grep", "*a"], "a fault at character 1"),
                (["--since", "yesterday"], "cannot understand --since 'yesterday'"),
                (["--since", "2026-13-01T00:00:00Z"], "cannot understand --since"),
                (["--since", "5"], "--since 5m"), (["--tail", "x"], "--tail")]
        for words, expected in rows:
            with self.subTest(words=words):
                refused = self.gfd.gf("logs", *words)
                self.assertEqual((refused.returncode, refused.stdout), (2, ""))
                self.assertIn(expected, refused.stderr)
                self.assertEqual(self.gfd.pid, 0)
        refused = self.gfd.gf("logs", "--since", "5m", "--grep", "(?i)error")
        self.assertEqual(refused.returncode, 4, refused.stderr)

    def test_dev_without_a_terminal_is_up_with_its_exit_code(self):
        root = self.gfd.checkout()
        dev = self.gfd.gf("-C", root, "dev")
        self.assertEqual(dev.returncode, 6, dev.stderr)
        self.assertIn("cannot reach the container engine", dev.stderr)
        bad = self.gfd.checkout("bad", "apiVersion: v2\nname: Bad!\n")
        refused = self.gfd.gf("-C", bad, "dev")
        self.assertEqual((refused.returncode, refused.stdout), (3, ""), refused.stderr)


class FullScreen(unittest.TestCase):
    """`gf dev` on a terminal, with an engine that never answers: `up` runs as long as the test."""

    def setUp(self):
        self.engine = MuteEngine()
        self.addCleanup(self.engine.close)
        self.gfd = Gfd(self.engine.path).start()
        self.addCleanup(self.gfd.close)
        root = self.gfd.checkout()
        self.ours, theirs = pty.openpty()
        self.addCleanup(os.close, self.ours)
        self.dev = subprocess.Popen([GF, "-C", root, "dev"], env=self.gfd.env, stdin=theirs, stdout=theirs, stderr=theirs)
        self.addCleanup(self.dev.wait)
        self.addCleanup(self.dev.kill)
        os.close(theirs)
        self.text = ""
        self.read_until("up shop (op-1)")

    def read_until(self, words):
        """Adds what the terminal shows to `text`, until `words` are in it (None: until nobody writes any more)."""
        until = time.monotonic() + 30
        while words is None or words not in self.text:
            ready, _, _ = select.select([self.ours], [], [], max(0, until - time.monotonic()))
            self.assertTrue(ready, f"{words!r} is not shown: {self.text!r}")
            try:
                piece = os.read(self.ours, 1 << 16)
            except OSError:  # how a terminal tells that its last user has gone
                piece = b""
            if not piece:
                return self.assertIsNone(words, self.text)
            self.text += piece.decode(errors="replace")

    def ends_restored(self, code):
        self.read_until(None)
        self.assertEqual(self.dev.wait(30), code)
        self.assertEqual(self.text.count("\033[?1049h"), 1)
        self.assertTrue(self.text.rstrip().endswith("\033[?7h\033[?25h\033[?1049l"), self.text[-200:])

    def test_a_key_ends_it_and_the_work_goes_on(self):
        os.write(self.ours, b"l")
        self.read_until("l logs on")
        os.write(self.ours, b"q")
        self.ends_restored(0)
        self.assertEqual(self.gfd.ask("GET", "/v1/operations/op-1").json["state"], "running")

    def test_signals_end_it(self):
        self.dev.send_signal(signal.SIGTERM)
        self.ends_restored(128 + signal.SIGTERM)

    def test_ctrl_c_ends_it(self):
        self.dev.send_signal(signal.SIGINT)
        self.ends_restored(128 + signal.SIGINT)

    def test_what_cannot_be_done_now_is_said_below(self):
        os.write(self.ours, b"r")
        self.read_until("op-1 (up of 'shop') is still running")
        os.write(self.ours, b"q")
        self.ends_restored(0)


if __name__ == "__main__":
    unittest.main()
