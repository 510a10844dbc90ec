"""The command line itself: help, wrong usage, completions, JSON everywhere, and that the manual page names all of it."""
import json, pathlib, re, shutil, sys, unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from gfd import GF, ROOT, Gfd


class Client(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gfd = Gfd()
        cls.addClassCleanup(cls.gfd.close)
        cls.commands = cls.subcommands()
        assert not cls.gfd.pid, "help needs no daemon"

    @classmethod
    def subcommands(cls, *path):
        """Every command with its own ones, as `gf --help` names them: [("up",), …, ("addon", "list"), …]."""
        text = cls.gfd.gf(*path, "--help").stdout
        names = re.findall(r"^  (\S+) ", text.partition("\nSubcommands:\n")[2], re.MULTILINE)
        found = []
        for name in names:
            found += [(*path, name), *cls.subcommands(*path, name)]
        return found

    def test_help_names_the_commands_and_each_has_its_own(self):
        for name in ("init", "up", "down", "status", "logs", "events", "dev", "app", "exec", "env", "open", "url", "addon", "doctor", "operation",
                     "sleep", "wake", "kubeconfig", "daemon", "completion", "version"):
            self.assertIn((name,), self.commands)
        self.assertIn(("addon", "enable"), self.commands)
        self.assertIn(("app", "verify"), self.commands)
        for path in self.commands:
            shown = self.gfd.gf(*path, "--help")
            self.assertEqual((shown.returncode, shown.stderr), (0, ""), path)

    def test_wrong_usage_has_its_exit_code_and_names_what_is_wrong(self):
        rows = [([], "A subcommand is required", "gf --help"), (["nonsense"], "'nonsense'", "gf --help"),
                (["statsu"], "'statsu'", "gf status"), (["up", "--nonsense"], "'--nonsense'", "gf up --help"),
                (["up", "more"], "'more'", "gf up --help"), (["-o", "xml", "status"], "xml", "gf status --help"),
                (["addon"], "A subcommand is required", "gf addon --help"), (["addon", "lst"], "'lst'", "gf addon list"),
                (["addon", "enable"], "name is required", "gf addon enable --help"),
                (["app", "verfy"], "'verfy'", "gf app verify"),
                (["completion", "tcsh"], "tcsh", "gf completion --help"),
                (["logs", "--tail", "x"], "--tail", "gf logs --help"),
                (["events", "--after", "x"], "--after", "gf events --help"),
                (["logs", "--since", "5"], "neither a length of time nor a time",
                 "--since 5m, --since 2h or --since 2026-11-24T22:49:22Z")]
        for words, expected, remedy in rows:
            with self.subTest(words=words):
                refused = self.gfd.gf(*words)
                self.assertEqual((refused.returncode, refused.stdout), (2, ""))
                self.assertTrue(refused.stderr.startswith("gf: cannot "), refused.stderr)
                self.assertIn(expected, refused.stderr)
                self.assertIn(f"  try: {remedy}\n", refused.stderr)
        refused = self.gfd.gf("-o", "json", "nonsense")
        self.assertEqual((refused.returncode, json.loads(refused.stderr)["error"]["code"]), (2, "usage"))

    def test_the_manual_pages_name_every_command_and_option(self):
        page = (ROOT / "docs/man/gf.1").read_text().replace("\\-", "-")
        for path in self.commands:
            self.assertRegex(page, r"(?m)^\.(It|Ss|SS|TP|B|Cm|BI|IP).*\b" + re.escape(" ".join(path)) + r"\b")
            for option in re.findall(r"--([a-z-]+)", self.gfd.gf(*path, "--help").stdout):
                self.assertIn(f"--{option}", page, path)
        for page in ("gf.1", "gfd.8"):
            if shutil.which("man"):
                shown = self.gfd.run("man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", ROOT / "docs/man" / page)
                self.assertEqual((shown.returncode, shown.stderr), (0, ""), page)

    def complete(self, line):
        """What a real bash offers for the last word of `line`."""
        words = line.split(" ")
        script = 'source <("$0" completion bash); COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _gf; echo "${COMPREPLY[@]}"'
        asked = self.gfd.run("bash", "--norc", "-euc", script, GF, *words)
        self.assertEqual(asked.stderr, "")
        return asked.stdout.split()

    def test_bash_completes(self):
        self.assertLessEqual({"up", "addon", "--help", "--output"}, set(self.complete("gf ")))
        self.assertEqual(self.complete("gf sta"), ["status"])
        self.assertEqual(self.complete("gf addon en"), ["enable"])
        self.assertEqual(self.complete("gf -C folder addon en"), ["enable"])
        self.assertEqual(self.complete("gf addon enable redis --pro"), ["--profile"])
        self.assertEqual(self.complete("gf app verify api --re"), ["--repair"])
        self.assertEqual(self.complete("gf logs status --fo"), ["--follow"])
        self.assertEqual(self.complete("gf exec api -- ls --"), [])
        registered = self.gfd.run("bash", "--norc", "-euc", 'source <("$0" completion bash); complete -p gf', GF)
        self.assertIn("-F _gf gf", registered.stdout)

    def test_completions_of_other_shells_name_every_command(self):
        for shell in ("zsh", "fish"):
            text = self.gfd.gf("completion", shell).stdout
            for path in self.commands:
                self.assertIn(path[-1], text)

    @unittest.skipUnless(shutil.which("zsh"), "there is no zsh")
    def test_zsh_completes(self):
        script = ('autoload -U compinit; compinit -u -D; source <("$0" completion zsh); emulate sh; setopt ksh_arrays\n'
                  'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _gf; echo "${COMPREPLY[@]}"')
        asked = self.gfd.run("zsh", "-fc", script, GF, *"gf -C folder addon e".split())
        self.assertEqual(asked.stderr, "")
        self.assertLessEqual({"list", "enable"}, set(asked.stdout.split()))  # zsh itself picks what fits the last word

    @unittest.skipUnless(shutil.which("fish"), "there is no fish")
    def test_fish_completes(self):
        asked = self.gfd.run("fish", "--no-config", "-c", f"{GF} completion fish | source; complete -C 'gf addon en'")
        self.assertEqual((asked.stdout.split("\t")[0], asked.stderr), ("enable", ""))

    def test_every_answer_can_be_had_as_json(self):
        self.gfd.gf("daemon", "stop")
        rows = [(["version"], 0), (["daemon", "status"], 1), (["daemon", "stop"], 0), (["daemon", "start"], 0),
                (["daemon", "status"], 0), (["daemon", "logs"], 0), (["status"], 0), (["addon", "list"], 0),
                (["addon", "status", "redis"], 0), (["operation", "list"], 0), (["doctor"], 1),
                (["-C", self.gfd.checkout("json"), "init", "--force"], 0), (["daemon", "stop"], 0)]
        for words, code in rows:
            for placed in (["-o", "json", *words], [*words, "-o", "json"], [*words, "--output=json"]):
                with self.subTest(words=placed):
                    answered = self.gfd.gf(*placed)
                    self.assertEqual((answered.returncode, answered.stderr), (code, ""))
                    self.assertIsInstance(json.loads(answered.stdout), dict)
        for words, code in [(["addon", "status", "x"], 4), (["kubeconfig"], 6), (["url"], 4), (["env"], 4), (["logs"], 4),
                            (["operation", "show", "op-9"], 4), (["operation", "cancel", "op-9"], 4),
                            (["addon", "enable", "redis"], 6), (["exec", "api", "--", "ls"], 4), (["connect", "redis"], 4),
                            (["app", "verify"], 4), (["app", "verify", "api", "--repair"], 4)]:
            with self.subTest(words=words):
                refused = self.gfd.gf("-o", "json", *words)
                self.assertEqual((refused.returncode, refused.stdout), (code, ""), refused.stderr)
                self.assertTrue(json.loads(refused.stderr)["error"]["message"].startswith("cannot "))

    def test_what_cannot_be_undone_is_asked_about(self):
        root = self.gfd.checkout("asked")
        for words in (["down", "--purge"], ["addon", "reset", "redis"]):
            refused = self.gfd.gf("-C", root, *words)
            if words[0] == "addon":  # it is asked about a project that there is
                self.assertEqual(refused.returncode, 4, refused.stderr)
                continue
            self.assertEqual(refused.returncode, 2, refused.stderr)
            self.assertIn("cannot ask whether to go on: there is no terminal", refused.stderr)
            self.assertIn("--yes", refused.stderr)
        self.assertEqual(self.gfd.gf("-C", root, "down", "--purge", "--delete").returncode, 2)
        self.assertEqual(self.gfd.gf("-C", root, "down", "--yes").returncode, 2)

    def test_up_as_json_is_its_events(self):
        up = self.gfd.gf("-o", "json", "-C", self.gfd.checkout("events"), "up")
        self.assertEqual(up.returncode, 6)
        events = [json.loads(line) for line in up.stdout.splitlines()]
        self.assertEqual([event["seq"] for event in events], list(range(1, len(events) + 1)))
        self.assertEqual(json.loads(up.stderr)["error"]["code"], "engine-unavailable")

    def test_init_writes_once(self):
        root = self.gfd.work / "fresh"
        root.mkdir()
        written = self.gfd.gf("-C", root, "init")
        self.assertEqual(written.returncode, 0, written.stderr)
        text = (root / "greenfield.yaml").read_text()
        again = self.gfd.gf("-C", root, "init")
        self.assertEqual(again.returncode, 2)
        self.assertIn("gf init --force", again.stderr)
        self.assertEqual((root / "greenfield.yaml").read_text(), text)

    def test_a_project_is_found_from_a_folder_below_and_through_a_link(self):
        root = self.gfd.checkout("found")
        (root / "deep/er").mkdir(parents=True)
        (self.gfd.work / "link").symlink_to(root)
        self.gfd.gf("-C", root, "up")
        for folder in (root, root / "deep/er", self.gfd.work / "link", self.gfd.work / "link/deep"):
            refused = self.gfd.gf("-C", folder, "url")
            self.assertIn("cannot find a port of this project", refused.stderr, folder)


if __name__ == "__main__":
    unittest.main()
