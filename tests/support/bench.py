"""What the measuring scripts share: a cluster and folders of their own, a copy of the example project, a table at the end.

Bounded in count and time, on loopback and the cluster's own addresses only. Uses the release build.
"""
import json, os, shutil, subprocess, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
GF = os.path.join(ROOT, "build/release/cli/gf")
CLUSTER = "gf-bench"
work = tempfile.mkdtemp(prefix="gf-bench-")
app = os.path.join(work, "app")
results = {}


def run(*command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options).stdout


def gf(*arguments, **options):
    return run(GF, "-C", app, *arguments, **options)


def timed(*command, **options):
    began = time.monotonic()
    run(*command, **options)
    return time.monotonic() - began


def record(name, value, goal=""):
    results[name] = (value, goal)
    print(f"{name}: {value}{'   goal ' + goal if goal else ''}", flush=True)


def status():
    return json.loads(gf("-o", "json", "status"))


def git(*arguments):
    return run("git", "-C", app, "-c", "user.email=a@example.com", "-c", "user.name=a", *arguments)


def kube(*arguments, **options):
    return run("docker", "exec", "-i", f"{CLUSTER}-control-plane", "kubectl", "--kubeconfig", "/etc/kubernetes/admin.conf", *arguments, **options)


def measure(main, change_project):
    """Runs main() in a copy of the example project whose greenfield.yaml went through change_project(text)."""
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
        for last in (["down", "--delete"], ["daemon", "stop"]):
            subprocess.run([GF, "-C", app, *last], check=False, stdout=subprocess.DEVNULL)
        shutil.rmtree(work, ignore_errors=True)
    print("\n| what | measured | goal |\n|---|---|---|")
    for name, (value, goal) in results.items():
        print(f"| {name} | {value} | {goal} |")
