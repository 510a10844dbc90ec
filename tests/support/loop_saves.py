"""bench-loop: from a save, and from a switch of the branch, to replicas that serve it; and to new pods where an image is built."""
import json, os, shlex, statistics, subprocess, sys, time

from bench import CLUSTER, ROOT, app, git, kube, record, run, work
from gfd import Connection
from replicas import replicas_of, served_by_all

SAVES = 500
SWITCHES = {300: 5, 10_000: 3}  # files: rounds
REBUILDS, SETTLE_SECONDS = 3, 5
TARGET = "/srv/app/app"  # where the example project's folder `app` is synced to


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def process_in_node(replica):
    """The number that the node gives to the replica's first process."""
    return run("docker", "exec", replica.node, "crictl", "inspect", "-o", "go-template", "--template", "{{.info.pid}}", replica.container).strip()


class Shell:
    """The floor of a save: a shell in the replica's node, open before, writes the file through the container's root."""

    def __init__(self, replica):
        self.folder = f"/proc/{process_in_node(replica)}/root{TARGET}"
        self.process = subprocess.Popen(["docker", "exec", "-i", replica.node, "sh"], stdin=subprocess.PIPE, bufsize=0)

    def write(self, name, text):
        self.process.stdin.write(f"echo {shlex.quote(text)} >{self.folder}/{name}\n".encode())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def measure_saves():
    with replicas_of("example", "api") as replicas:
        shells = [Shell(replica) for replica in replicas]
        path = os.path.join(app, "app/message.txt")

        def barely(text):
            for shell in shells:
                shell.write("message.txt", text)

        def save(text):
            with open(path, "w") as file:
                file.write(text + "\n")

        def serves(text):
            return lambda answer: answer is not None and json.loads(answer)["message"] == text

        try:
            floors, delays = [], []
            for number in range(SAVES):  # in turn: whatever else goes on meets both
                for means, way, taken in ((barely, "barely", floors), (save, "save", delays)):
                    text = f"{way} {number}"
                    taken.append(served_by_all(replicas, lambda: means(text), serves(text)))
        finally:
            for shell in shells:
                shell.close()
    git("commit", "-qam", "saved")
    where = f"{len(replicas)} replicas on {len({replica.node for replica in replicas})} nodes, {SAVES} saves"
    record(f"save → served by all ({where}), p50, ms", statistics.median(delays), "<= 5, <= 1.5 × floor", statistics.median(floors))
    record("the same, p99, ms", percentile(delays, 0.99), "<= 25, <= 1.5 × floor", percentile(floors, 0.99))
    record("the same, max, ms", max(delays), "", max(floors))


def project():
    """What the daemon says of it, without the start of a program for each look."""
    connection = Connection(os.path.join(os.environ["XDG_RUNTIME_DIR"], "gf/gfd.sock"))
    connection.request("GET", "/v1/status")
    try:
        return next(one for one in json.loads(connection.getresponse().read())["projects"] if one["name"] == "example")
    finally:
        connection.close()


def settled(tree=None):
    """Waits until all replicas have the checkout as it was committed, and it is `tree` if one is given. Returns the tree."""
    end, head, before = time.monotonic() + 60, git("rev-parse", "HEAD").strip(), None
    while time.monotonic() < end:
        now = project()
        if now["commit"] == head and not now["dirty"] and all(pod["synced"] for pod in now["apps"][0]["pods"]) and now["apps"][0]["pods"]:
            if now["tree"] == (tree or before):
                return now["tree"]
            before = now["tree"]
        time.sleep(0.003)
    sys.exit("the replicas do not become identical to the checkout")


def carry_by_tar(replicas, names):
    """The floor of a switch: its files by tar through one exec stream for each replica, all at once."""
    archive = subprocess.run(["tar", "-c", "-C", os.path.join(app, "app"), "-T", "-"], input=names.encode(), stdout=subprocess.PIPE, check=True).stdout
    running = [(subprocess.Popen(["docker", "exec", "-i", one.node, "tar", "-x", "-C", f"/proc/{process_in_node(one)}/root{TARGET}"], stdin=subprocess.PIPE))
               for one in replicas]
    for process in running:
        process.stdin.write(archive)
        process.stdin.close()
    for process in running:
        if process.wait():
            sys.exit("tar in a node failed")


def measure_switch():
    with replicas_of("example", "api") as replicas:
        for files, rounds in SWITCHES.items():
            folder, branch = os.path.join(app, f"app/many{files}"), f"other{files}"
            os.makedirs(folder)
            for text, way in (("one\n", ["checkout", "-q", "main"]), ("two\n", ["checkout", "-qb", branch])):
                git(*way)
                for number in range(files):
                    with open(os.path.join(folder, f"f{number}"), "w") as file:
                        file.write(text * 50)
                git("add", "-A"), git("commit", "-qm", text.strip())
            trees = {branch: settled()}
            git("checkout", "-q", "main")
            trees["main"] = settled()
            names = "".join(f"many{files}/f{number}\n" for number in range(files))
            took, floors, itself = [], [], []
            for _ in range(rounds):
                for name in (branch, "main"):
                    began = time.monotonic()
                    git("checkout", "-q", name)
                    switched = time.monotonic()
                    settled(trees[name])
                    took.append((time.monotonic() - switched) * 1000)
                    itself.append((switched - began) * 1000)
                began = time.monotonic()
                carry_by_tar(replicas, names)
                floors.append((time.monotonic() - began) * 1000)
            record(f"{files}-file switch, after Git's own {statistics.median(itself):.0f} ms, until all trees are identical, ms",
                   statistics.median(took), "<= 150" if files == 300 else "<= 3000", statistics.median(floors))


FLOOR = "floor"  # a namespace with the same Deployment, without anything of gfd's


def bare_deployment():
    """Applies the app's Deployment there. Only its image, its probe and its way of rolling count."""
    deployment = json.loads(kube("-n", "example", "get", "deployment", "api", "-o", "json"))
    template = deployment["spec"]["template"]
    deployment["metadata"], template["metadata"] = {"name": "api", "namespace": FLOOR}, {"labels": {"app": FLOOR}}
    deployment["spec"]["selector"] = {"matchLabels": {"app": FLOOR}}
    template["spec"].pop("readinessGates", None)
    deployment.pop("status")
    kube("create", "namespace", FLOOR)
    kube("apply", "-f", "-", input=json.dumps(deployment))
    kube("-n", FLOOR, "rollout", "status", "deployment/api", "--timeout=120s")


def image_of(space):
    return kube("-n", space, "get", "deployment", "api", "-o", "jsonpath={.spec.template.spec.containers[0].image}")


def change(number, by):
    """A save that asks for a new image. Returns when it was."""
    with open(os.path.join(app, "serve.py"), "a") as file:
        file.write(f"# {by} {number}\n")
    return time.monotonic()


def measure_rebuild():
    python = run(os.path.join(ROOT, "images/image"), "ref", "python").split("\t")[1]
    took, floors, built = [], [], f"{CLUSTER}-floor:built"
    context = os.path.join(work, "context")
    bare_deployment()
    for number in range(REBUILDS):
        former = project()["apps"][0]["image"]
        began = change(number, "save")
        while project()["apps"][0]["image"] == former:
            if time.monotonic() > began + 120:
                sys.exit("the save asks for no new image")
            time.sleep(0.01)
        kube("-n", "example", "rollout", "status", "deployment/api", "--timeout=120s")
        took.append(time.monotonic() - began)
        time.sleep(SETTLE_SECONDS)  # the former pods have ended
        run("rm", "-rf", context)
        run("cp", "-r", app, context)
        with open(os.path.join(context, "serve.py"), "a") as file:
            file.write(f"# floor {number}\n")
        began = time.monotonic()
        run("docker", "build", "-q", "--network", "host", "--build-arg", f"PYTHON_IMAGE={python}", "-t", built, context,
            env={**os.environ, "DOCKER_BUILDKIT": "0"})
        kube("-n", FLOOR, "set", "image", "deployment/api", f"api={image_of('example')}")  # which the nodes have
        kube("-n", FLOOR, "rollout", "status", "deployment/api", "--timeout=120s")
        floors.append(time.monotonic() - began)
        run("docker", "rmi", built)
    kube("delete", "namespace", FLOOR, "--wait=true")
    git("commit", "-qam", "built")
    record("save → new pods serve, image of the example app built / docker build + rollout of a loaded image, s", statistics.median(took), "<= 1.3 × floor",
           statistics.median(floors))
