"""The replicas of an app as their users see them: asked at their pod addresses, through the kernel of their node alone."""
import contextlib, http.client, json, subprocess, sys, threading, time

from bench import kube, run


class Replica:
    """One replica of an app of a project."""

    def __init__(self, pod):
        self.pod, self.node, self.address = pod["metadata"]["name"], pod["spec"]["nodeName"], pod["status"]["podIP"]
        status = pod["status"]["containerStatuses"][0]
        self.container, self.restarts = status["containerID"].split("://")[1], status["restartCount"]

    def get(self, path="/", timeout=5):
        # A connection each: on a kept one Nagle's algorithm and delayed acknowledgements would add 40 ms to each answer.
        connection = http.client.HTTPConnection(self.address, 8000, timeout=timeout)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def get_or_none(self):
        """As get(), of a server that may be between its end and its start."""
        try:
            return self.get()
        except (OSError, http.client.HTTPException):
            return None


@contextlib.contextmanager
def replicas_of(project, app):
    """Those that stay. Pod addresses lie behind their nodes: a route for each, removed at the end."""
    pods = json.loads(kube("-n", project, "get", "pods", "-l", f"greenfield.dev/app={app}", "-o", "json"))["items"]
    replicas = [Replica(pod) for pod in pods if "deletionTimestamp" not in pod["metadata"]]
    try:
        for replica in replicas:
            host = run("docker", "inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", replica.node).strip()
            run("ip", "route", "replace", replica.address, "via", host)
        yield replicas
    finally:
        for replica in replicas:
            subprocess.run(["ip", "route", "del", replica.address], check=False, stderr=subprocess.DEVNULL)


def served_by_all(replicas, save, answered, seconds=5):
    """Milliseconds from the return of save() until the last replica has answered as answered(text) wants it, each asked once a
    millisecond and a bit by a thread of its own: without pause the questions would take the processors from what they ask for."""
    done = [None] * len(replicas)

    def ask(index, replica):
        while not answered(replica.get_or_none()):
            if time.monotonic() > deadline:
                return
            time.sleep(0.001)
        done[index] = time.monotonic()

    deadline = time.monotonic() + seconds
    threads = [threading.Thread(target=ask, args=pair) for pair in enumerate(replicas)]
    for thread in threads:
        thread.start()
    time.sleep(0.02)  # the askers are under way before the save
    save()
    saved = time.monotonic()
    for thread in threads:
        thread.join()
    if None in done:
        sys.exit(f"a save did not become live within {seconds} s")
    return (max(done) - saved) * 1000

