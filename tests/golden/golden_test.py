#!/usr/bin/env python3
"""What gf prints, word by word: the real client before a daemon that replays recorded answers.

answers/PATH.json (or .ndjson) is what a request of PATH is answered with; expected/NAME.txt is what the command of that
name prints. After a change of the output: `tests/golden/golden_test.py --renew`, and read the difference."""
import json, os, pathlib, pty, re, subprocess, sys, unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from gfd import GF, Gfd
from replay import replay

RENEW = "--renew" in sys.argv
# Name → the command; "colour": on a terminal; whatever else stands before the words is set in the environment.
CASES = {
    "status": "gf status",
    "status-colour": "colour gf status",
    "addon-list": "gf addon list",
    "addon-list-json": "gf -o json addon list",
    "addon-status": "gf addon status mongodb",
    "addon-status-held-up": "gf addon status redis",
    "doctor": "gf doctor",
    "doctor-colour": "colour gf doctor",
    "doctor-json": "gf -o json doctor",
    "operation-list": "gf operation list",
    "operation-failed": "gf operation show op-7",
    "operation-done": "gf operation show op-8",
    "operation-json": "gf -o json operation show op-7",
    "logs": "gf -C /nowhere/größer/shop logs",
    "logs-colour": "colour gf -C /nowhere/größer/shop logs",
    "logs-grep": r"gf -C /nowhere/größer/shop logs --since 2025-11-24T16:00:01Z --grep (GET|^\{)",
    "events": "gf events --follow=false",
    "events-json": "gf -o json events --follow=false",
    "logs-json": "gf -o json -C /nowhere/größer/shop logs",
    "env": "gf -C /nowhere/größer/shop env",
    "url": "gf -C /nowhere/größer/shop url",
    "url-unknown": "gf -C /nowhere/größer/shop url worker",
    "history": "gf -C /nowhere/größer/shop history worker",
    "app-verify": "gf -C /nowhere/größer/shop app verify",
    "app-verify-json": "gf -o json -C /nowhere/größer/shop app verify worker",
    "backup-list": "gf -C /nowhere/größer/shop backup list",
    "backup-list-json": "gf -o json -C /nowhere/größer/shop backup list",
    "backup-schedule": "gf backup schedule",
    "backup-help": "gf backup --help",
    "snapshot-list": "gf snapshot list",
    "snapshot-help": "gf snapshot --help",
    "seal-help": "gf seal --help",
    "seal-certificate": "gf seal certificate",
    "seal-certificate-json": "gf -o json seal certificate",
    "other-folder": "gf -C /nowhere url",
    "version": "gf version",
}


def on_a_terminal(words, env):
    """The exit code and what a terminal of 120 columns shows."""
    ours, theirs = pty.openpty()
    run = subprocess.Popen(words, env=env, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    text = b""
    try:
        while piece := os.read(ours, 1 << 16):
            text += piece
    except OSError:  # how a terminal tells that its last user has gone
        pass
    os.close(ours)
    return run.wait(), text.decode().replace("\r\n", "\n")


class Golden(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gfd = Gfd()
        cls.addClassCleanup(cls.gfd.close)
        cls.gfd.runtime.mkdir(parents=True)
        cls.gfd.env["TZ"] = "UTC"
        cls.addClassCleanup(replay(cls.gfd.socket))

    def transcript(self, command, **env):
        colour, words = command.startswith("colour "), command.removeprefix("colour ").split()
        if colour:
            code, text = on_a_terminal([GF, *words[1:]], self.gfd.env | env)
        else:
            done = self.gfd.gf(*words[1:])
            code, text = done.returncode, done.stdout + done.stderr
        return f"$ {' '.join(words)}\n{text}" + (f"[exit code {code}]\n" if code else "")

    def test_output(self):
        for name, command in CASES.items():
            with self.subTest(name=name):
                printed, expected = self.transcript(command), HERE / "expected" / f"{name}.txt"
                if RENEW:
                    expected.write_text(printed)
                self.assertEqual(printed, expected.read_text())
        self.assertEqual(sorted(path.stem for path in (HERE / "expected").iterdir()), sorted(CASES))

    def test_no_colour_where_none_is_wanted(self):
        for name, command in CASES.items():
            if not command.startswith("colour "):
                continue
            with self.subTest(name=name):
                coloured, plain = self.transcript(command), self.transcript(command.removeprefix("colour "))
                self.assertIn("\033[", coloured)
                self.assertEqual(re.sub(r"\033\[\d*m", "", coloured), plain)
                self.assertEqual(self.transcript(command, NO_COLOR="1"), plain)
                self.assertEqual(self.transcript(command, NO_COLOR=""), coloured)

    def test_a_terminal_shows_the_tree_and_its_last_frame_stays(self):
        for operation, lines in (("op-8", ["✓ addons  1 min 01 s"]), ("op-7", ["✓ cluster  19.9 s", "✗ build api  45.0 s"])):
            for env in ({}, {"NO_COLOR": "1"}):
                _, text = on_a_terminal([GF, "operation", "show", operation], self.gfd.env | env)
                last = re.split(r"\033\[\d+A", text.partition("\033[Jgf:")[0])[-1]  # a frame begins by going up
                self.assertEqual("\033[32m" in last, not env)
                shown = re.sub(r"\033\[[\d;]*[mKJ]|\r", "", last).strip("\n").split("\n")
                self.assertEqual(shown[:len(lines)], lines)

    def test_what_holds_an_addon_up_fits_on_a_screen(self):
        shown = self.gfd.gf("addon", "status", "redis").stdout.splitlines()
        self.assertLessEqual(len(shown), 24)
        self.assertLessEqual(max(map(len, shown)), 100)

    def test_json_is_what_the_daemon_said(self):
        for words, path in [(["status"], "status"), (["addon", "list"], "addons"), (["doctor"], "doctor"),
                            (["operation", "list"], "operations"), (["addon", "status", "redis"], "addons/redis")]:
            recorded = json.loads((HERE / f"answers/v1/{path}.json").read_text())
            self.assertEqual(json.loads(self.gfd.gf("-o", "json", *words).stdout), recorded)


if __name__ == "__main__":
    unittest.main(argv=[argument for argument in sys.argv if argument != "--renew"])
