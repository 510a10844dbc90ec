"""Long work while nobody can finish it: the container engine takes connections and never answers."""
import pathlib, signal, subprocess, sys, unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from gfd import GF, Connection, Gfd, MuteEngine


class Operations(unittest.TestCase):
    def setUp(self):
        self.engine = MuteEngine()
        self.addCleanup(self.engine.close)
        self.gfd = Gfd(self.engine.path).start()
        self.addCleanup(self.gfd.close)
        self.root = self.gfd.checkout()

    def up(self):
        """Begins an `up` and returns its id when its first step has begun."""
        operation = self.gfd.ask("POST", "/v1/up", {"root": str(self.root)}).json["id"]
        self.gfd.events(operation, most=2)
        return operation

    def state(self, operation):
        return self.gfd.ask("GET", f"/v1/operations/{operation}").json["state"]

    def test_two_that_need_the_same_are_refused_by_name(self):
        operation = self.up()
        other = self.gfd.checkout("other")
        rows = [("up", "shop", "/v1/up", {"root": str(self.root)}), ("up", "other", "/v1/up", {"root": str(other)}),
                ("down", "cluster", "/v1/down", {})]
        for kind, subject, path, body in rows:
            answer = self.gfd.ask("POST", path, body)
            self.assertEqual(answer.status, 409)
            self.assertEqual(answer.error["message"], f"cannot start {kind} of '{subject}': "
                                                      f"{operation} (up of 'shop') is still running")
            self.assertEqual(answer.error["hint"], f"gf operation cancel {operation}")
        self.assertEqual([one["name"] for one in self.gfd.ask("GET", "/v1/projects").json["projects"]], ["shop"])
        self.assertEqual(len(self.gfd.ask("GET", "/v1/operations").json["operations"]), 1)
        self.gfd.ask("DELETE", f"/v1/operations/{operation}")
        self.assertEqual(self.gfd.events(operation)[-1]["state"], "cancelled")
        self.assertEqual(self.gfd.ask("POST", "/v1/up", {"root": str(other)}).status, 202)

    def test_a_client_that_vanishes_cancels_nothing(self):
        operation = self.up()
        for _ in range(3):
            client = Connection(self.gfd.socket)
            client.request("GET", f"/v1/operations/{operation}/events")
            client.getresponse().readline()
            client.close()
        following = subprocess.Popen([GF, "operation", "show", operation], env=self.gfd.env, stdout=subprocess.PIPE)
        following.stdout.readline()
        following.kill()
        following.communicate()
        self.assertEqual(self.state(operation), "running")

    def test_a_killed_daemon_goes_on_by_itself_with_the_events_in_order(self):
        operation = self.up()
        seen = 0
        for _ in range(3):
            seen = self.gfd.ask("GET", f"/v1/operations/{operation}").json["last_event"]
            self.gfd.end(signal.SIGKILL)
            self.gfd.start()
            self.assertEqual(self.state(operation), "running")
            self.gfd.events(operation, seen, most=2)
        self.gfd.ask("DELETE", f"/v1/operations/{operation}")
        every = self.gfd.events(operation)
        self.assertEqual([event["seq"] for event in every], list(range(1, len(every) + 1)))
        self.assertGreater(len(every), seen)
        self.assertEqual(every[-1]["state"], "cancelled")

    def test_a_stopped_daemon_takes_its_work_up_again(self):
        operation = self.up()
        stopped = self.gfd.gf("daemon", "stop")
        self.assertEqual((stopped.returncode, self.gfd.pid), (0, 0), stopped.stderr)
        self.gfd.start()
        self.assertEqual(self.state(operation), "running")

    def test_ctrl_c_cancels_and_the_exit_code_says_so(self):
        up = subprocess.Popen([GF, "-C", self.root, "up"], env=self.gfd.env, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        up.stdout.readline()
        up.send_signal(signal.SIGINT)
        _, said = up.communicate(timeout=30)
        self.assertEqual(up.returncode, 130, said)
        self.assertIn("cancelling", said)
        self.assertIn("op-1 was cancelled", said)
        self.assertEqual(self.state("op-1"), "cancelled")

    def test_the_client_bridges_a_restart_of_the_daemon(self):
        operation = self.up()
        show = subprocess.Popen([GF, "-o", "json", "operation", "show", operation], env=self.gfd.env, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        show.stdout.readline()
        self.gfd.end(signal.SIGKILL)
        self.gfd.start()
        self.gfd.ask("DELETE", f"/v1/operations/{operation}")
        text, said = show.communicate(timeout=40)
        self.assertEqual(show.returncode, 130, said)
        self.assertIn('"state":"cancelled"', text.splitlines()[-1])

    def test_no_wait_leaves_at_once_with_the_id(self):
        left = self.gfd.gf("-C", self.root, "--no-wait", "up")
        self.assertEqual((left.returncode, left.stdout), (0, "op-1\n"), left.stderr)
        self.assertEqual(self.state("op-1"), "running")


if __name__ == "__main__":
    unittest.main()
