"""Runs a copy of the application under serve.py, as the container does, for a test."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Served:
    """The application in a temporary folder, so that a test may edit it. Use as a context manager."""

    def __init__(self, edits=(), **environment):
        """`edits`: (name, old, new) applied before the start."""
        self.folder = Path(tempfile.mkdtemp(prefix="example-app-"))
        shutil.copytree(PROJECT / "app", self.folder / "app", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(PROJECT / "serve.py", self.folder)
        for edit in edits:
            self.replace(*edit)
        self.port = free_port()
        kept = {key: os.environ[key] for key in ("PATH", "LD_LIBRARY_PATH") if key in os.environ}
        command = [sys.executable, "serve.py", "app.main:app", "--host", "127.0.0.1", "--port", str(self.port)]
        self.log = open(self.folder / "log", "w+", encoding="utf-8")
        self.process = subprocess.Popen(command, cwd=self.folder, stderr=self.log, stdout=self.log,
                                        env={**kept, "PYTHONDONTWRITEBYTECODE": "1", "HOSTNAME": "pod-1", **environment})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(10)
        self.log.close()
        shutil.rmtree(self.folder)

    def get(self, path, **headers):
        """(status, body). Waits for the first connection; a refused one after that is an error, as it is for a user."""
        deadline = time.monotonic() + 20
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            try:
                connection.request("GET", path, headers=headers)
                break
            except ConnectionRefusedError:
                if hasattr(self, "answered") or self.process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        self.answered = True
        return answer.status, json.loads(body) if answer.headers["Content-Type"] == "application/json" else body

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def until(self, path, wanted, seconds=10):
        """Asks until wanted(body) holds; returns how long that took and how many requests were answered meanwhile."""
        started, answers = time.monotonic(), 0
        while time.monotonic() < started + seconds:
            status, body = self.get(path)
            answers += 1
            if status == 200 and wanted(body):
                return time.monotonic() - started, answers
        raise AssertionError(f"{path} did not become what was wanted; the log says:\n{self.text()}")

    def wait_for_log(self, words, seconds=10):
        deadline = time.monotonic() + seconds
        while words not in self.text():
            if time.monotonic() > deadline:
                raise AssertionError(f"the log lacks '{words}':\n{self.text()}")
            time.sleep(0.02)

    def text(self):
        return (self.folder / "log").read_text(encoding="utf-8")

    def replace(self, name, old, new):
        """Edits a file as the daemon does: a new file renamed over the old one."""
        file = self.folder / name
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{name} lacks {old!r}"
        fresh = file.with_name(file.name + ".new")
        fresh.write_text(text.replace(old, new), encoding="utf-8")
        fresh.rename(file)
