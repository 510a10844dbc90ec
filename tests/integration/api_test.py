"""The socket's routes as the built gfd serves them, without a container engine."""
import json, pathlib, shutil, subprocess, sys, threading, unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from gfd import Gfd


class Api(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gfd = Gfd().start()
        cls.addClassCleanup(cls.gfd.close)

    def refused(self, status, words, method, path, body=None):
        answer = self.gfd.ask(method, path, body)
        self.assertEqual(answer.status, status, answer.text)
        self.assertIn(words, answer.error["message"] + answer.error.get("hint", ""))
        return answer

    def failed(self, root, code):
        """`up` of the checkout begins, and fails with `code`."""
        answer = self.gfd.ask("POST", "/v1/up", {"root": str(root)})
        self.assertEqual(answer.status, 202, answer.text)
        self.assertEqual(answer.headers["Location"], f"/v1/operations/{answer.json['id']}")
        last = self.gfd.events(answer.json["id"])[-1]
        self.assertEqual((last["state"], last["error"]["code"]), ("failed", code))
        return last["error"]

    def test_version_and_status(self):
        version = self.gfd.ask("GET", "/v1/version").json
        self.assertEqual(version["pid"], self.gfd.pid)
        status = self.gfd.ask("GET", "/v1/status").json
        self.assertEqual(status["daemon"]["version"], version["version"])
        self.assertEqual(status["cluster"]["state"], "absent")
        self.assertIn("redis", [addon["name"] for addon in status["addons"]])
        self.assertEqual(status["sleep"], {"count": 0, "saves_mib": 0})
        self.assertEqual(set(status), {"daemon", "cluster", "addons", "projects", "sleep", "forwards", "warnings"})

    def test_requests_of_the_wrong_shape_are_refused_by_name(self):
        rows = [
            (400, "unknown field 'rot'", "POST", "/v1/up", {"rot": "/x"}),
            (400, "did you mean 'root'?", "POST", "/v1/up", {"rot": "/x"}),
            (400, "'root' must be a text", "POST", "/v1/up", {"root": 7}),
            (400, "'root' must be an absolute path", "POST", "/v1/up", {"root": "shop"}),
            (400, "'root' must be an absolute path", "POST", "/v1/up", {}),
            (400, "'delete' must be true or false", "POST", "/v1/down", {"delete": "yes"}),
            (400, "must be a JSON object", "POST", "/v1/up", [1]),
            (400, "line 1, column 8", "POST", "/v1/up", '{"root":'),
            (400, "'names' must be a list of texts", "POST", "/v1/doctor/fix", {"names": [1]}),
            (400, "'names' must be a list of texts", "POST", "/v1/doctor/fix", {"names": "disk"}),
            (400, "'profile' must be a text", "POST", "/v1/addons/redis/enable", {"profile": 1}),
            (400, "'cascade' must be true or false", "POST", "/v1/addons/redis/disable", {"cascade": 1}),
            (400, "'command' must be a list of texts", "POST", "/v1/projects/p/apps/a/exec", {"command": [1]}),
            (400, "'command' must be a list that is not empty", "POST", "/v1/projects/p/apps/a/exec", {}),
            (400, "'root' must be an absolute path", "POST", "/v1/purge", {"root": "shop"}),
            (400, "cannot find greenfield.yaml", "POST", "/v1/purge", {"root": "/nonexistent"}),
            (400, "unknown field 'yes'", "POST", "/v1/projects/p/addons/redis/reset", {"yes": True}),
            (404, "did you mean 'redis'", "POST", "/v1/projects/p/addons/redi/reset", {}),
            (404, "cannot find a running project called 'p'", "POST", "/v1/projects/p/addons/redis/reset", {}),
            (400, "'tty' must be true or false", "POST", "/v1/projects/p/addons/redis/connect", {"tty": 1}),
            (404, "did you mean 'redis'", "POST", "/v1/addons/redi/sleep", {}),
            (404, "it is turned off", "POST", "/v1/addons/redis/wake", {}),
            (400, "unknown field 'force'", "POST", "/v1/addons/redis/sleep", {"force": True}),
            (404, "cannot find a running project called 'p'", "POST", "/v1/projects/p/apps/a/wake", {}),
            (400, "'repair' must be true or false", "POST", "/v1/projects/p/apps/a/verify", {"repair": "yes"}),
            (400, "unknown field 'force'", "POST", "/v1/projects/p/apps/a/verify", {"force": True}),
            (404, "cannot find a running project called 'p'", "POST", "/v1/projects/p/apps/a/verify", {}),
            (400, "it has no shell of its own", "POST", "/v1/projects/p/addons/zookeeper/connect", {}),
            (404, "did you mean 'redis'", "POST", "/v1/projects/p/addons/redi/connect", {}),
            (404, "cannot find a running project called 'p'", "POST", "/v1/projects/p/addons/redis/connect", {}),
            (400, "'after' must be a whole number", "GET", "/v1/operations/op-1/events?after=x", None),
            (400, "a broken %-escape", "GET", "/v1/addons/%zz", None),
            (400, "cannot read the time '25:00'", "PUT", "/v1/backup-schedule", {"at": "25:00"}),
            (400, "'at' must be a text", "PUT", "/v1/backup-schedule", {"at": 7}),
            (404, "cannot find a project called '../p'", "GET", "/v1/projects/..%2Fp/backups", None),
            (400, "'cluster' must be true or false", "PUT", "/v1/backup-schedule", {"at": "03:15", "cluster": 1}),
            (400, "'full' must be true or false", "POST", "/v1/cluster-backups", {"full": 1}),
            (404, "cannot find a backup of the cluster of ../x", "POST", "/v1/cluster-backups/..%2Fx/restore", {}),
            (404, "cannot find a backup of p in redis", "POST", "/v1/projects/p/restore", {"addon": "redis"}),
            (404, "did you mean 'redis'", "POST", "/v1/projects/p/backups", {"addons": ["rediss"]}),
            (400, "keeps nothing that belongs to a project", "POST", "/v1/projects/p/backups", {"addons": ["zookeeper"]}),
            (404, "cannot back p up", "POST", "/v1/projects/p/backups", {}),
            (400, "cannot call a snapshot '../x'", "POST", "/v1/snapshots", {"name": "../x"}),
            (404, "cannot find a snapshot called 'x'", "DELETE", "/v1/snapshots/x", None),
            (405, "allowed: POST", "GET", "/v1/up", None),
            (405, "allowed: GET, DELETE", "PUT", "/v1/operations/op-1", None),
            (404, "cannot find '/v2/status'", "GET", "/v2/status", None),
            (404, "did you mean 'redis'", "GET", "/v1/addons/rediss", None),
            (404, "cannot find the operation 'op-999'", "GET", "/v1/operations/op-999/events", None),
            (404, "cannot find a running project called 'none'", "GET", "/v1/projects/none/env", None),
            (404, "cannot find a running project called 'none'", "GET", "/v1/projects/none/logs", None),
            (503, "the cluster does not run", "POST", "/v1/addons/redis/enable", None),
            (503, "the cluster does not run", "POST", "/v1/addons/redis/disable", None),
        ]
        for row in rows:
            with self.subTest(row=row):
                self.refused(*row)

    def test_every_problem_of_a_greenfield_yaml_at_once(self):
        root = self.gfd.checkout("bad", "apiVersion: v2\nname: Bad!\ncolour: red\napps: {api: {replcas: 2}}\n")
        answer = self.refused(400, "cannot use greenfield.yaml: ", "POST", "/v1/up", {"root": str(root)})
        self.assertEqual(answer.error["code"], "bad-config")
        problems = answer.error["cause"].splitlines()
        self.assertGreaterEqual(len(problems), 5)
        for problem in problems:
            self.assertRegex(problem, r"^greenfield.yaml:\d+:\d+: ")
        self.assertTrue(any("did you mean 'replicas'" in problem for problem in problems))
        self.assertNotIn("bad", self.gfd.ask("GET", "/v1/projects").text)

    def test_no_checkout_and_no_greenfield_yaml(self):
        plain = self.gfd.work / "plain"
        plain.mkdir()
        answer = self.refused(400, "it lies in no Git work tree", "POST", "/v1/up", {"root": str(plain)})
        self.assertEqual(answer.error["hint"], "git init")
        empty = self.gfd.checkout("empty")
        (empty / "greenfield.yaml").unlink()
        self.refused(400, "cannot find greenfield.yaml", "POST", "/v1/up", {"root": str(empty)})
        proposed = self.gfd.ask("POST", "/v1/init", {"root": str(empty)}).json
        self.assertEqual(proposed["path"], str(empty / "greenfield.yaml"))
        self.assertIn("name: empty\n", proposed["text"])

    def test_without_an_engine_up_begins_and_says_what_is_missing(self):
        error = self.failed(self.gfd.checkout("shop"), "engine-unavailable")
        self.assertIn("cannot reach the container engine at /nonexistent.sock", error["message"])
        engine = next(one for one in self.gfd.ask("GET", "/v1/doctor").json["checks"] if one["name"] == "engine")
        self.assertEqual(engine["state"], "error")

    def test_a_project_that_cannot_be_removed_now_is_not_forgotten(self):
        root = self.gfd.checkout("kept")
        self.failed(root, "engine-unavailable")
        purge = self.gfd.ask("POST", "/v1/purge", {"root": str(root)})
        self.assertEqual((purge.status, purge.json["kind"], purge.json["subject"]), (202, "purge", "kept"))
        self.assertEqual(self.gfd.events(purge.json["id"])[-1]["error"]["code"], "engine-unavailable")
        self.assertIn({"name": "kept", "root": str(root), "up": False}, self.gfd.ask("GET", "/v1/projects").json["projects"])

    def test_a_project_is_not_removed_from_another_checkout_of_its_name(self):
        root = self.gfd.checkout("twice")
        self.failed(root, "engine-unavailable")
        other = self.gfd.work / "copy"
        shutil.copytree(root, other)
        refused = self.refused(409, f"it is the project in {root}", "POST", "/v1/purge", {"root": str(other)})
        self.assertEqual(refused.error["hint"], f"gf -C {root} down --purge")

    def test_a_namespace_that_others_live_in_is_never_removed(self):
        for name in ("default", "kube-system", "data"):
            self.refused(409, "its namespace is not its own", "POST", "/v1/purge", {"root": str(self.gfd.checkout(name))})

    def test_seeds_are_looked_at_before_anything_begins(self):
        text = "apiVersion: greenfield.dev/v1\nname: %s\naddons: {%s: {seed: [db/none.sql]}}\n"
        rows = [("seed-none", "postgres", "cannot use the seed file db/none.sql: No such file or directory"),
                ("seed-shell", "zookeeper", "cannot seed zookeeper: it has no shell")]
        for name, addon, words in rows:
            root = self.gfd.checkout(name, text % (name, addon))
            self.refused(400, words, "POST", "/v1/up", {"root": str(root)})
            self.assertNotIn(name, self.gfd.ask("GET", "/v1/projects").text)

    def test_a_detached_head_works_like_a_branch(self):
        root = self.gfd.checkout("detached")
        subprocess.run(["git", "-C", root, "checkout", "-q", "--detach"], check=True)
        self.failed(root, "engine-unavailable")
        project = next(one for one in self.gfd.ask("GET", "/v1/status").json["projects"] if one["name"] == "detached")
        self.assertEqual(project["branch"], "")
        self.assertRegex(project["commit"], "^[0-9a-f]{40}$")
        self.assertFalse(project["dirty"])

    def test_operations_are_listed_and_their_events_replayed_from_any_place(self):
        self.failed(self.gfd.checkout("replayed"), "engine-unavailable")
        newest = self.gfd.ask("GET", "/v1/operations").json["operations"][0]
        self.assertEqual((newest["kind"], newest["subject"], newest["state"]), ("up", "replayed", "failed"))
        self.assertEqual(self.gfd.ask("GET", f"/v1/operations/{newest['id']}").json, newest)
        every = self.gfd.events(newest["id"])
        self.assertEqual([event["seq"] for event in every], list(range(1, newest["last_event"] + 1)))
        for after in range(len(every) + 2):
            self.assertEqual(self.gfd.events(newest["id"], after), every[after:])

    def test_malformed_and_oversized_requests_are_answered_and_others_served(self):
        self.assertIn(b"HTTP/1.1 400", self.gfd.raw(b"nonsense\r\n\r\n"))
        self.assertIn(b"HTTP/1.1 431", self.gfd.raw(b"GET / HTTP/1.1\r\nX: " + b"x" * (20 << 10) + b"\r\n\r\n"))
        self.refused(413, "its body is too large", "POST", "/v1/up", b"x" * (5 << 20))
        self.refused(400, "as JSON", "POST", "/v1/up", b"[" * (1 << 20))
        self.assertEqual(self.gfd.ask("GET", "/v1/version").status, 200)

    def test_two_hundred_clients_at_once(self):
        together, answers = threading.Barrier(200), []

        def ask():
            together.wait()
            answers.append(self.gfd.ask("GET", "/v1/status").status)

        threads = [threading.Thread(target=ask) for _ in range(200)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(answers, [200] * 200)

    def test_it_can_be_asked_by_curl(self):
        asked = self.gfd.run("curl", "-sS", "--unix-socket", self.gfd.socket, "http://gf/v1/version")
        self.assertEqual(json.loads(asked.stdout)["pid"], self.gfd.pid, asked.stderr)


if __name__ == "__main__":
    unittest.main()
