"""How gf waits for a daemon that another process starts or ends at the same moment: each moment is brought about here."""
import fcntl, os, pathlib, shutil, struct, subprocess, sys, time, unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from gfd import GF, Gfd
from replay import replay


def eventually(holds):
    """What is asked here has no event to wait for."""
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until, "it does not come about"
        time.sleep(0.02)


def descriptors(process, kind):
    """How many open files of a kind ("inotify", "pipe:") a process has; none once it has ended."""
    try:
        return sum(kind in os.readlink(entry) for entry in pathlib.Path(f"/proc/{process.pid}/fd").iterdir())
    except OSError:
        return 0


class Launch(unittest.TestCase):
    def setUp(self):
        self.gfd = Gfd()
        self.addCleanup(self.gfd.close)
        self.gfd.runtime.mkdir(parents=True)
        self.said = self.gfd.work / "said"

    def hold_lock(self):
        """As a daemon does; returns what lets it go."""
        file = open(self.gfd.runtime / "gfd.lock", "w")
        file.write(f"{os.getpid()}\n")
        file.flush()
        fcntl.fcntl(file, fcntl.F_OFD_SETLK, struct.pack("hhqqixxxx", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0))
        self.addCleanup(file.close)
        return file.close

    def command(self, program=GF):
        with open(self.said, "w") as said:
            return subprocess.Popen([program, "daemon", "start"], env=self.gfd.env, stdin=subprocess.DEVNULL,
                                    stdout=said, stderr=said)

    def check_started(self, command, pid):
        self.assertEqual(command.wait(30), 0, self.said.read_text())
        self.assertEqual(self.said.read_text(), f"gfd runs (process {pid})\n")

    def test_one_that_is_about_to_end_is_waited_for_and_followed_by_a_new_one(self):
        let_go = self.hold_lock()
        command = self.command()
        eventually(lambda: descriptors(command, "inotify"))  # it waits for the socket
        let_go()
        self.assertEqual(command.wait(30), 0, self.said.read_text())
        self.check_started(command, self.gfd.pid)

    def test_one_that_runs_but_does_not_listen_yet_is_waited_for(self):
        self.hold_lock()
        command = self.command()
        eventually(lambda: descriptors(command, "inotify"))
        self.addCleanup(replay(self.gfd.socket))
        self.check_started(command, 4711)

    def test_ours_that_ends_because_another_was_first_is_no_failure(self):
        # Beside this gf lies a gfd that ends when it is told to, as one does that finds the lock taken.
        programs = self.gfd.work / "bin"
        programs.mkdir()
        shutil.copy(GF, programs)
        os.mkfifo(programs / "told")
        (programs / "gfd").write_text(f'#!/bin/sh\necho >"{programs}/begun"\nread -r word <"{programs}/told"\nexit 1\n')
        (programs / "gfd").chmod(0o755)
        command = self.command(programs / "gf")
        eventually((programs / "begun").exists)
        self.hold_lock()
        (programs / "told").write_text("end\n")
        eventually(lambda: not descriptors(command, "pipe:"))  # it has seen the end of ours
        self.addCleanup(replay(self.gfd.socket))
        self.check_started(command, 4711)

    def test_one_that_cannot_start_is_told_with_its_words(self):
        programs = self.gfd.work / "bin"
        programs.mkdir()
        shutil.copy(GF, programs)
        (programs / "gfd").write_text("#!/bin/sh\necho the daemon says no >&2\nexit 1\n")
        (programs / "gfd").chmod(0o755)
        self.assertEqual(self.command(programs / "gf").wait(30), 6)
        self.assertIn("cannot start the daemon: it ended at once", self.said.read_text())
        self.assertIn("the daemon says no", self.said.read_text())


if __name__ == "__main__":
    unittest.main()
