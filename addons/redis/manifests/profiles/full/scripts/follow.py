"""Follows the master that the Sentinels choose. The label greenfield.dev/role=master is on its pod alone: it is what the
Services `redis` and `redis-master` select. When the Redis of this pod came back as a master just as another was chosen,
it becomes a replica at once. Sentinel tells of every new master, so nothing is asked again and again."""

import http.client
import json
import os
import socket
import ssl
import time

MEMBERS = ("redis-0", "redis-1", "redis-2")
SENTINEL, REDIS = 26379, 6379
ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"


class Server:
    """A Sentinel or a Redis: they speak the same."""

    def __init__(self, host, port, timeout):
        self._socket = socket.create_connection((host, port), timeout)
        self._stream = self._socket.makefile("rb")
        self.ask("AUTH", os.environ["REDISCLI_AUTH"])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stream.close()
        self._socket.close()

    def ask(self, *words):
        self._socket.sendall(f"*{len(words)}\r\n".encode() + b"".join(f"${len(word)}\r\n{word}\r\n".encode() for word in words))
        return self.read()

    def read(self):
        line = self._stream.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("the server has hung up")
        kind, text = line[:1], line[1:-2].decode()
        if kind == b"*":
            return [self.read() for _ in range(int(text))]
        if kind == b"$":
            return self._stream.read(int(text) + 2)[:-2].decode()
        if kind == b"-":
            raise ConnectionError(text)
        return text

    def wait(self):
        """For the next message of the channel, however long it takes."""
        self._socket.settimeout(None)
        return self.read()


def newest_master():
    """A Sentinel that was away may tell the past; the highest number of a configuration is the newest."""
    known = []
    for member in MEMBERS:
        try:
            with Server(f"{member}.redis-headless", SENTINEL, 1) as sentinel:
                words = sentinel.ask("SENTINEL", "MASTER", "gf")
                master = dict(zip(words[::2], words[1::2]))
                known.append((int(master["config-epoch"]), master["ip"]))
        except OSError:
            pass
    return max(known)[1] if known else None


def label(master):
    with open(f"{ACCOUNT}/token", encoding="ascii") as file:
        token = file.read()
    context = ssl.create_default_context(cafile=f"{ACCOUNT}/ca.crt")
    api = http.client.HTTPSConnection(
        os.environ["KUBERNETES_SERVICE_HOST"], int(os.environ["KUBERNETES_SERVICE_PORT"]), timeout=3, context=context)
    for pod in sorted(MEMBERS, key=lambda member: member != master):
        change = {"metadata": {"labels": {"greenfield.dev/role": "master" if pod == master else None}}}
        api.request("PATCH", f"/api/v1/namespaces/data/pods/{pod}", json.dumps(change),
                    {"Authorization": f"Bearer {token}", "Content-Type": "application/merge-patch+json"})
        answer = api.getresponse()
        answer.read()
        if answer.status not in (200, 404):  # a pod that is just being made anew sees to itself when it starts
            raise OSError(f"the API answers {answer.status}")
    api.close()


def yield_to(host):
    try:
        with Server("127.0.0.1", REDIS, 3) as own:
            if own.ask("ROLE")[0] == "master":
                own.ask("REPLICAOF", host, str(REDIS))
                own.ask("CLIENT", "KILL", "TYPE", "normal")  # they would go on asking this one
    except OSError:
        pass  # one that is just starting finds its master itself


def follow(host):
    master = host.split(".")[0]
    label(master)
    if master != socket.gethostname():
        yield_to(host)
    print(f"{master} is the master", flush=True)


while True:
    try:
        with Server("127.0.0.1", SENTINEL, 3) as own:
            own.ask("SUBSCRIBE", "+switch-master")
            master = newest_master()
            while True:
                if master:
                    follow(master)
                master = own.wait()[2].split(" ")[3]  # gf OLD-HOST OLD-PORT NEW-HOST NEW-PORT
    except (OSError, http.client.HTTPException) as error:
        print(f"cannot follow the master: {error}", flush=True)
        time.sleep(0.5)
