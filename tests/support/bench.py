"""What the measuring scripts share: a cluster and folders of their own, a copy of the example project, a table at the end.

Bounded in count and time, on loopback and the cluster's own addresses only. Uses the release build. Nothing is left behind, and
nothing begins while something is left of another run: its figures would tell of both.
"""
import atexit, json, os, shutil, signal, subprocess, sys, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
GF = os.path.join(ROOT, "build/release/cli/gf")
SCRIPT = os.path.basename(sys.argv[0])
CLUSTER = f"gf-{SCRIPT}"
work = tempfile.mkdtemp(prefix="gf-bench-")
atexit.register(shutil.rmtree, work, ignore_errors=True)
app = os.path.join(work, "app")
results = []


def run(*command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options).stdout


def gf(*arguments, **options):
    return run(GF, "-C", app, *arguments, **options)


def timed(*command, **options):
    began = time.monotonic()
    run(*command, **options)
    return time.monotonic() - began


def record(name, value, goal="", floor=None):
    """`floor`: what the same thing takes by the barest means, in the same run and unit. With one both are numbers."""
    ratio = value / floor if floor else None
    results.append({"what": name, "value": value, "floor": floor, "ratio": ratio, "goal": goal})
    against = f"   floor {shown(floor)} = {ratio:.2f}" if floor else ""
    print(f"{name}: {shown(value)}{against}{'   goal ' + goal if goal else ''}", flush=True)


def shown(value):
    return "" if value is None else value if isinstance(value, str) else f"{value:.0f}" if value >= 100 else f"{value:.2f}"


def status():
    return json.loads(gf("-o", "json", "status"))


def git(*arguments):
    return run("git", "-C", app, "-c", "user.email=a@example.com", "-c", "user.name=a", *arguments)


def kube(*arguments, **options):
    return run("docker", "exec", "-i", f"{CLUSTER}-control-plane", "kubectl", "--kubeconfig", "/etc/kubernetes/admin.conf", *arguments, **options)


def daemons_of(cluster):
    """The processes of gfd that serve this cluster."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                settings = file.read().split(b"\0")
            if f"GF_CLUSTER={cluster}".encode() in settings and os.path.basename(os.readlink(f"/proc/{pid}/exe")).split(" ")[0] == "gfd":
                found.append(int(pid))
        except OSError:  # another user's, or it has ended
            pass
    return found


def nodes_of(cluster):
    return run("docker", "ps", "-aq", "--filter", f"label=io.x-k8s.kind.cluster={cluster}").split()


def refuse_leftovers(*clusters):
    """Ends the script when a cluster or a daemon of one of these names is there already."""
    left = []
    for cluster in clusters:
        if nodes_of(cluster):
            left.append(f"the cluster {cluster}; remove it: kind delete cluster --name {cluster}")
        left += [f"the daemon {pid} of the cluster {cluster}; end it: kill {pid}" for pid in daemons_of(cluster)]
    if left:
        sys.exit("".join(f"{SCRIPT}: cannot begin: another run left {what}\n" for what in left) + "(or one is still under way)")


def app_images():
    return set(run("docker", "images", "--filter", "label=greenfield.dev/project", "--format", "{{.Repository}}:{{.Tag}}").split())


def clean_up(clusters, images):
    """Leaves nothing of these clusters, and of the images of apps those that were there before."""
    for last in (["down", "--delete"], ["daemon", "stop"]):
        subprocess.run([GF, "-C", app, *last], check=False, stdout=subprocess.DEVNULL)
    for cluster in clusters:
        for pid in daemons_of(cluster):
            os.kill(pid, signal.SIGTERM)
        if nodes_of(cluster):
            run("kind", "delete", "cluster", "--name", cluster, "--kubeconfig", work + "/kubeconfig-of-kind")
    for image in app_images() - images:
        subprocess.run(["docker", "rmi", image], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def measure(main, change_project, others=()):
    """Runs main() in a copy of the example project whose greenfield.yaml went through change_project(text). `others`: names of
    further clusters that main() makes and removes, or of daemons without one."""
    clusters = (CLUSTER, *others)
    refuse_leftovers(*clusters)
    images = app_images()
    os.environ.update(GF_CLUSTER=CLUSTER, XDG_RUNTIME_DIR=work + "/run", XDG_STATE_HOME=work + "/state",
                      XDG_CONFIG_HOME=work + "/config", XDG_DATA_HOME=work + "/data")
    os.mkdir(work + "/run")
    shutil.copytree(os.path.join(ROOT, "images/example-app"), app)
    project = os.path.join(app, "greenfield.yaml")
    with open(project) as file:
        text = change_project(file.read())
    with open(project, "w") as file:
        file.write(text)
    git("init", "-q", "-b", "main"), git("add", "-A"), git("commit", "-qm", "start")
    try:
        main()
    finally:
        clean_up(clusters, images)
    against = any(one["floor"] for one in results)
    print("\n| what | measured |" + (" floor | ratio |" if against else "") + " goal |\n|---|---|" + ("---|---|" if against else "") + "---|")
    for one in results:
        columns = [one["what"], shown(one["value"]), *([shown(one["floor"]), shown(one["ratio"])] if against else []), one["goal"]]
        print("| " + " | ".join(columns) + " |")
    print("\n" + json.dumps(results, ensure_ascii=False))
