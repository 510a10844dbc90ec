"""How the daemon comes and goes: one at a time, whatever a former one left behind, with state that may be damaged."""
import concurrent.futures, os, pathlib, resource, signal, socket, stat, sys, unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from gfd import GFD, Gfd


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


class Lifetime(unittest.TestCase):
    def setUp(self):
        self.gfd = Gfd()
        self.addCleanup(self.gfd.close)

    def warnings(self):
        return self.gfd.ask("GET", "/v1/status").json["warnings"]

    def test_the_socket_is_the_users_alone(self):
        self.gfd.runtime.mkdir(parents=True, mode=0o755)
        self.gfd.start()
        self.assertEqual((mode(self.gfd.runtime), mode(self.gfd.socket)), (0o700, 0o600))
        self.gfd.ask("POST", "/v1/up", {"root": str(self.gfd.checkout())})
        for path in self.gfd.state.rglob("*.json"):
            self.assertEqual(mode(path), 0o600, path)

    def test_a_second_one_is_refused_with_the_first_ones_process(self):
        self.gfd.start()
        second = self.gfd.run(GFD)
        self.assertEqual(second.returncode, 1)
        self.assertEqual(second.stderr, f"gfd: another one runs already (process {self.gfd.pid})\n")
        self.assertEqual(self.gfd.ask("GET", "/v1/version").status, 200)

    def test_what_a_killed_one_left_is_no_hindrance(self):
        first = self.gfd.start().pid
        self.gfd.end(signal.SIGKILL)
        self.assertTrue(self.gfd.socket.exists())
        said = self.gfd.gf("daemon", "status")
        self.assertEqual((said.returncode, said.stdout), (1, "gfd does not run\n"))
        self.assertEqual(self.gfd.gf("status").returncode, 0)
        self.assertNotEqual(self.gfd.pid, first)

    def test_a_foreign_file_in_the_place_of_the_socket_is_replaced(self):
        self.gfd.runtime.mkdir(parents=True)
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(str(self.gfd.socket))
        self.gfd.start()
        self.gfd.end(signal.SIGTERM)
        self.assertFalse(self.gfd.socket.exists())
        self.gfd.socket.write_text("no socket at all")
        self.gfd.start()

    def test_commands_that_start_it_at_the_same_time_share_one(self):
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            started = list(pool.map(lambda _: self.gfd.gf("daemon", "start"), range(8)))
        for one in started:
            self.assertEqual((one.returncode, one.stdout), (0, f"gfd runs (process {self.gfd.pid})\n"), one.stderr)

    def test_it_allows_itself_many_connections(self):
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        started = self.gfd.gf("daemon", "start", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, most)))
        self.assertEqual(started.returncode, 0, started.stderr)
        self.assertEqual(resource.prlimit(self.gfd.pid, resource.RLIMIT_NOFILE), (min(most, 65536), most))

    def test_a_command_right_after_the_stop_waits_and_starts_a_new_one(self):
        for _ in range(3):
            self.gfd.start()
            self.assertEqual(self.gfd.ask("POST", "/v1/daemon/stop", {}).status, 202)
            self.assertEqual(self.gfd.gf("status").returncode, 0)

    def test_a_stuck_one_is_told_from_one_that_is_gone(self):
        pid = self.gfd.start().pid
        os.kill(pid, signal.SIGSTOP)
        stuck = self.gfd.gf("status")
        os.kill(pid, signal.SIGCONT)
        self.assertEqual(stuck.returncode, 6)
        self.assertIn("it runs, but does not answer", stuck.stderr)
        self.assertIn(f"kill {pid}", stuck.stderr)
        self.assertEqual(self.gfd.gf("status").returncode, 0)

    def test_a_start_that_fails_says_why(self):
        (self.gfd.work / "state").write_text("a file where the state should be")
        for refused in (self.gfd.gf("status"), self.gfd.run(GFD)):
            self.assertNotEqual(refused.returncode, 0)
            self.assertRegex(refused.stderr, "cannot .*: Not a directory")

    def test_damaged_state_is_kept_aside_and_told_and_everything_works(self):
        damaged = "{broken"
        names = ["projects.json", "addons.json", "environment.json", "ports.json"]
        shapes = [damaged, '{"version":1,"contents":[7]}', '{"version":99,"contents":{}}', ""]
        journal = self.gfd.state / "operations/op-3"
        journal.mkdir(parents=True)
        (journal / "operation.json").write_text(damaged)
        for round, text in enumerate(shapes, 1):
            for name in names:
                (self.gfd.state / name).write_text(text)
            self.gfd.start()
            warnings = "\n".join(self.warnings())
            for name in names:
                kept = self.gfd.state / f"{name}.corrupt-{round}"
                self.assertIn(f"is kept at {kept}", warnings)
                self.assertEqual(kept.read_text(), text)
            kept = self.gfd.state / "operations/op-3.corrupt"
            self.assertEqual(f"is kept at {kept}" in warnings, round == 1)
            self.assertEqual(kept.read_text(), damaged)
            self.assertIn("warning: state: ", self.gfd.gf("status").stdout)
            self.gfd.end(signal.SIGTERM)
        self.gfd.start()
        self.assertEqual(self.warnings(), [])
        self.assertEqual(self.gfd.ask("POST", "/v1/up", {"root": str(self.gfd.checkout())}).status, 202)

    @unittest.skipUnless(os.getuid() == 0, "only root can give a folder away")
    def test_a_runtime_folder_of_another_user_is_refused_by_both_sides(self):
        self.gfd.runtime.mkdir(parents=True)
        os.chown(self.gfd.runtime, 65534, 65534)
        for words in (["status"], ["daemon", "status"]):
            refused = self.gfd.gf(*words)
            self.assertEqual(refused.returncode, 1)
            self.assertIn("it is no folder of yours", refused.stderr)
        self.assertIn("it is no folder of yours", self.gfd.run(GFD).stderr)

    def test_a_path_that_no_socket_can_have_is_told(self):
        self.gfd.env["XDG_RUNTIME_DIR"] = str(self.gfd.work / ("x" * 120))
        refused = self.gfd.gf("status")
        self.assertEqual(refused.returncode, 6)
        self.assertIn("the path is too long", refused.stderr)


if __name__ == "__main__":
    unittest.main()
