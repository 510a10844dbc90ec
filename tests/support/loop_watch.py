"""bench-loop: what a large checkout costs gfd: the time until it is watched and hashed, memory, and the processor while nothing
happens. Needs no cluster: a gfd with folders of its own and no container engine follows the checkout all the same."""
import json, os, shutil, signal, statistics, subprocess, sys, time

from bench import CLUSTER, GF, record, run, timed, work
from gfd import Connection, end

FOLDERS, FILES_EACH, ROUNDS, IDLE_SECONDS = 1000, 100, 3, 60
PROJECT = "apiVersion: greenfield.dev/v1\nname: large\napps: {api: {image: example, port: 8000}}\n"


def fill(folder):
    """So many files as a source file is large, of 100,000 different contents."""
    for number in range(FOLDERS):
        inner = os.path.join(folder, f"folder{number}")
        os.makedirs(inner)
        for file in range(FILES_EACH):
            with open(os.path.join(inner, f"file{file}.txt"), "w") as out:
                out.write(f"{number} {file}\n" * 100)


class Follower:
    """One gfd that follows the checkout, from its registration."""

    def __init__(self, checkout):
        self.folder = os.path.join(work, "follower")
        self.environment = {**os.environ, "GF_CLUSTER": f"{CLUSTER}-none", "DOCKER_HOST": "unix:///nonexistent.sock",
                            **{f"XDG_{name}": os.path.join(self.folder, name.lower()) for name in
                               ("RUNTIME_DIR", "STATE_HOME", "CONFIG_HOME", "DATA_HOME")}}
        os.makedirs(self.environment["XDG_RUNTIME_DIR"])
        run(GF, "daemon", "start", env=self.environment)
        self.pid = self.ask("GET", "/v1/status")["daemon"]["pid"]
        self.began = time.monotonic()
        operation = self.ask("POST", "/v1/up", {"root": checkout})["id"]
        while not any(one.get("tree") for one in self.ask("GET", "/v1/status")["projects"]):
            if time.monotonic() > self.began + 120:
                sys.exit("the checkout is not followed")
            time.sleep(0.005)
        self.seconds = time.monotonic() - self.began
        # It cannot come up without an engine. What is measured then is a daemon at rest.
        while self.ask("GET", f"/v1/operations/{operation}")["state"] in ("pending", "running", "cancelling"):
            time.sleep(0.05)
        time.sleep(3)

    def ask(self, method, path, body=None):
        connection = Connection(os.path.join(self.environment["XDG_RUNTIME_DIR"], "gf/gfd.sock"))
        connection.request(method, path, body and json.dumps(body))
        try:
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def resident_mib(self):
        with open(f"/proc/{self.pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20

    def cpu_seconds(self):
        with open(f"/proc/{self.pid}/stat") as file:
            return sum(map(int, file.read().rsplit(")", 1)[1].split()[11:13])) / os.sysconf("SC_CLK_TCK")

    def watches(self):
        count = 0
        for descriptor in os.listdir(f"/proc/{self.pid}/fdinfo"):
            with open(f"/proc/{self.pid}/fdinfo/{descriptor}") as file:
                count += sum(line.startswith("inotify wd:") for line in file)
        return count

    def close(self):
        end(self.pid, signal.SIGTERM)
        shutil.rmtree(self.folder)


def starts(checkout):
    """Median seconds, number of watches, MiB; each from a daemon that has never seen the checkout."""
    seconds, watches, resident = [], 0, []
    for _ in range(ROUNDS):
        follower = Follower(checkout)
        seconds.append(follower.seconds)
        watches = follower.watches()
        resident.append(follower.resident_mib())
        follower.close()
    return statistics.median(seconds), watches, statistics.median(resident)


def measure_watch():
    checkout = os.path.join(work, "large")
    os.makedirs(checkout)
    fill(os.path.join(checkout, "src"))
    for name, text in (("greenfield.yaml", PROJECT), (".gitignore", "node_modules/\n")):
        with open(os.path.join(checkout, name), "w") as file:
            file.write(text)
    for words in (["init", "-q", "-b", "main"], ["config", "gc.auto", "0"], ["add", "-A"],
                  ["-c", "user.email=a@example.com", "-c", "user.name=a", "commit", "-qm", "start"]):
        run("git", "-C", checkout, *words)
    hashing = lambda: timed("sh", "-c", "git ls-files -z | xargs -0 -P 2 -n 5000 sha256sum >/dev/null", cwd=checkout)
    hashing()  # the files are in memory
    floor = statistics.median(hashing() for _ in range(ROUNDS))
    seconds, watches, resident = starts(checkout)
    files = FOLDERS * FILES_EACH
    record(f"checkout of {files:,} files: registered → watched and hashed / sha256sum of them by two processes, s", seconds, "<= 2", floor)
    record("RSS of gfd then, MiB", resident, "<= 80")
    follower = Follower(checkout)
    before, began = follower.cpu_seconds(), time.monotonic()
    time.sleep(IDLE_SECONDS)
    share = (follower.cpu_seconds() - before) / (time.monotonic() - began) * 100
    follower.close()
    record(f"its CPU over {IDLE_SECONDS} s in which nothing happens, % of a core", share, "<= 0.2")
    fill(os.path.join(checkout, "node_modules"))
    ignoring, still, _ = starts(checkout)
    record(f"the same with {files:,} ignored files more, s", ignoring, "as without", seconds)
    record("inotify watches with the ignored files / without", float(still), "the same", float(watches))
