"""Starts a member: learns which generation of members lives, gives up a copy of an older one, and becomes Patroni.

A generation begins with the data of postgres-0: those that the profile dev left on its volume, or new ones. From then on any
member may lead. Each volume says to which generation its data belong, and the ConfigMap postgres-generation which one lives;
where that is empty the profile dev has been here, and all copies but that of postgres-0 are out of date. Nobody else than
postgres-0 ever begins a generation, so there are never two first leaders.
"""
import contextlib, glob, http.server, json, os, shutil, socket, subprocess, sys, threading, time

import yaml

import api

DATA, GENERATION = "/data/pgdata", "/data/generation"
SEED = "postgres-0"
LABELS = {"app.kubernetes.io/name": "postgres", "app.kubernetes.io/instance": "postgres"}


class Answers(http.server.BaseHTTPRequestHandler):
    """Answers the probes as Patroni will, while this member waits."""

    ready = False

    def do_GET(self):
        self.send_response(200 if self.path.startswith("/liveness") or Answers.ready else 503)
        self.end_headers()

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def answering():
    server = http.server.ThreadingHTTPServer(("", 8008), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield
    server.shutdown()
    server.server_close()


def serves(port):
    try:
        socket.create_connection((SEED + ".postgres-headless", port), timeout=1).close()
        return True
    except OSError:
        return False


def write(path, text):
    descriptor = os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.rename(path + ".new", path)


def configure():
    """What holds for the members together, as this version has it."""
    with open("/config/cluster.yaml") as file:
        annotations = {"config": json.dumps(yaml.safe_load(file))}
    if api.call("PATCH", "configmaps/postgres-config", {"metadata": {"annotations": annotations}}) is None:
        metadata = {"name": "postgres-config", "labels": LABELS, "annotations": annotations}
        api.call("POST", "configmaps", {"metadata": metadata})


def begin():
    """Begins a generation with the data on this volume. What Patroni knows is about other data."""
    subprocess.run(["/bin/sh", "/scripts/initialize"], check=True)
    # A start and a stop with the limits of this profile: Patroni would keep those that the data were last used with.
    programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
    subprocess.run([programs + "/postgres", "--single", "-D", DATA, "--config-file=/config/postgresql.conf", "postgres"],
                   check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    for name in ("leader", "sync", "failover", "config"):
        api.call("DELETE", "configmaps/postgres-" + name)
    write(GENERATION, os.urandom(8).hex())


def living(me):
    """The generation that lives, nothing while nobody says."""
    told = (api.call("GET", "configmaps/postgres-generation") or {}).get("data", {}).get("generation")
    if me != SEED or told == "":
        return told
    if told is None and api.read(GENERATION) is None:
        begin()
    configure()
    if told is None:
        told = api.read(GENERATION)
        api.call("PATCH", "configmaps/postgres-generation", {"data": {"generation": told}})
    return told


def wait_for_generation(me):
    said = None
    while True:
        problem = f"waiting for {SEED} to tell which generation of members lives"
        try:
            if generation := living(me):
                return generation
        except OSError as error:  # what the API refuses is one as well
            problem = f"cannot reach the Kubernetes API: {error}"
        if problem != said:
            print(problem, flush=True)
            said = problem
        # The profile has just been changed: postgres-0, which still is the only server, is replaced when these are ready.
        Answers.ready = me != SEED and serves(5432) and not serves(8008)
        time.sleep(0.5)


def main():
    me = os.environ["POD_NAME"]
    with answering():
        generation = wait_for_generation(me)
    if api.read(GENERATION) != generation:
        if me == SEED and os.path.exists(DATA):
            sys.exit("cannot start: the data on this volume are not of the generation that lives; move them away to have them copied anew")
        shutil.rmtree(DATA, ignore_errors=True)
        write(GENERATION, generation)

    with open("/config/patroni.yaml") as file:
        settings = yaml.safe_load(file)
    account = {"username": "postgres", "password": api.read("/auth/password")}
    settings["name"] = me
    settings["restapi"].update(connect_address=os.environ["POD_IP"] + ":8008", authentication=account)
    settings["postgresql"].update(connect_address=os.environ["POD_IP"] + ":5432", authentication={"superuser": account, "replication": account})
    write(os.environ["PATRONICTL_CONFIG_FILE"], yaml.safe_dump(settings))
    os.execvp("patroni", ["patroni", os.environ["PATRONICTL_CONFIG_FILE"]])


main()
