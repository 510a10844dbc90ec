"""A gfd of a test's own: the built programs with folders of their own, and no container engine but what the test gives."""
import http.client, json, os, pathlib, select, shutil, signal, socket, subprocess, tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("GF_BUILD", ROOT / "build/dev"))
GF, GFD = BUILD / "cli/gf", BUILD / "daemon/gfd"


class Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path):
        super().__init__("gf", timeout=30)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Answer:
    def __init__(self, response):
        self.status, self.headers, self.text = response.status, response.headers, response.read().decode()

    @property
    def json(self):
        return json.loads(self.text)

    @property
    def error(self):
        return self.json["error"]


def end(pid, number):
    """Sends the signal and waits for the end."""
    descriptor = os.pidfd_open(pid)
    signal.pidfd_send_signal(descriptor, number)
    ended, _, _ = select.select([descriptor], [], [], 30)
    os.close(descriptor)
    assert ended, f"process {pid} does not end"


class Gfd:
    def __init__(self, engine="/nonexistent.sock"):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="gf-test-"))
        self.runtime, self.state = self.work / "run/gf", self.work / "state/gf"
        self.socket = self.runtime / "gfd.sock"
        self.env = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "GF_SHARE", "GF_AGENT", "GF_SUPERVISE")}
        self.env |= {
            "HOME": str(self.work), "XDG_RUNTIME_DIR": str(self.work / "run"), "XDG_STATE_HOME": str(self.work / "state"),
            "XDG_CONFIG_HOME": str(self.work / "config"), "XDG_CACHE_HOME": str(self.work / "cache"),
            "XDG_DATA_HOME": str(self.work / "data"),
            "DOCKER_HOST": f"unix://{engine}", "GF_CLUSTER": "gf-test-none", "ASAN_OPTIONS": "detect_leaks=0"}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        # Also a daemon that came second and has not noticed yet: it would take the place of the first.
        while running := self.processes():
            for pid in running:
                try:
                    end(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        shutil.rmtree(self.work)

    def processes(self):
        """All that run with our folders."""
        ours, found = f"XDG_RUNTIME_DIR={self.work}/run".encode(), []
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if ours in (process / "environ").read_bytes().split(b"\0"):
                    found.append(int(process.name))
            except OSError:  # another user's, or it has ended
                pass
        return found

    def run(self, *words, **options):
        return subprocess.run([str(word) for word in words], env=self.env, capture_output=True, text=True, timeout=60, **options)

    def gf(self, *arguments, **options):
        return self.run(GF, *arguments, **options)

    def start(self):
        """Returns when it answers."""
        started = self.gf("daemon", "start")
        assert started.returncode == 0, started.stderr
        return self

    @property
    def pid(self):
        """Of the running daemon; 0 when none runs."""
        try:
            pid = int((self.runtime / "gfd.lock").read_text())
            return pid if pathlib.Path(f"/proc/{pid}/exe").resolve().name == "gfd" else 0
        except (OSError, ValueError):
            return 0

    def end(self, number):
        end(self.pid, number)

    def ask(self, method, path, body=None):
        """`body`: what becomes JSON, or a text as it is."""
        connection = Connection(self.socket)
        text = body if body is None or isinstance(body, (str, bytes)) else json.dumps(body)
        connection.request(method, path, text)
        try:
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def raw(self, request):
        """What hand-written bytes are answered with, up to the end of the connection."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(30)
            client.connect(str(self.socket))
            client.sendall(request)
            answer = b""
            while piece := client.recv(1 << 16):
                answer += piece
            return answer

    def events(self, operation, after=0, most=None):
        """The events after number `after`: to the end of the operation, or the first `most`."""
        connection = Connection(self.socket)
        connection.request("GET", f"/v1/operations/{operation}/events?after={after}")
        response = connection.getresponse()
        assert response.status == 200, response.read()
        events = []
        while most is None or len(events) < most:
            line = response.readline()
            if not line:
                break
            events.append(json.loads(line))
        connection.close()
        return events

    def checkout(self, name="shop", text=None):
        """A Git checkout with a greenfield.yaml and one commit; returns its folder."""
        root = self.work / name
        root.mkdir()
        (root / "greenfield.yaml").write_text(
            text or f"apiVersion: greenfield.dev/v1\nname: {name}\napps: {{api: {{image: example, port: 8000}}}}\n")
        for words in (["init", "-q", "-b", "main"], ["add", "-A"],
                      ["-c", "user.email=a@example.com", "-c", "user.name=a", "commit", "-qm", "start"]):
            subprocess.run(["git", "-C", str(root), *words], env=self.env, check=True)
        return root


class MuteEngine:
    """A container engine that takes connections and never answers: what waits for it waits."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="gf-test-")
        self.path = f"{self.folder}/engine.sock"
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(128)

    def close(self):
        self.listener.close()
        shutil.rmtree(self.folder)
