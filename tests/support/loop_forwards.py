"""bench-loop: a localhost port held by gfd beside a connection to the pod itself: throughput, delay, a thousand at once."""
import json, os, resource, shutil, socket, statistics, time

from bench import GF, ROOT, record, run, work
from replicas import replicas_of

BYTES, ROUNDS, ECHOES, CONNECTIONS = 2 * 10**9, 3, 300, 1000
PROJECT = os.path.join(ROOT, "tests/support/stream")


def connect(address):
    connection = socket.create_connection(address, timeout=60)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def read_line(connection):
    line = b""
    while not line.endswith(b"\n"):
        piece = connection.recv(64)
        if not piece:
            raise SystemExit(f"a connection ended after {line!r}")
        line += piece
    return line


def download(address):
    """MB/s from the server to here."""
    room, left = bytearray(1 << 20), BYTES
    with connect(address) as connection:
        began = time.monotonic()
        connection.sendall(b"send %d\n" % BYTES)
        while left > 0:
            got = connection.recv_into(room)
            if got == 0:
                raise SystemExit(f"a connection ended {left} bytes early")
            left -= got
        return BYTES / (time.monotonic() - began) / 1e6


def upload(address):
    """MB/s from here to the server, until it says that it has all."""
    piece, left = bytes(1 << 20), BYTES
    with connect(address) as connection:
        began = time.monotonic()
        connection.sendall(b"take %d\n" % BYTES)
        while left > 0:
            connection.sendall(piece[:min(left, len(piece))])
            left -= min(left, len(piece))
        read_line(connection)
        return BYTES / (time.monotonic() - began) / 1e6


def echo_ms(address):
    """One line there and back on an open connection."""
    taken = []
    with connect(address) as connection:
        connection.sendall(b"echo\n")
        for number in range(ECHOES):
            began = time.monotonic()
            connection.sendall(b"%d\n" % number)
            read_line(connection)
            taken.append((time.monotonic() - began) * 1000)
    return statistics.median(taken)


def many_at_once(address):
    """Seconds until so many connections, all open at once, have had their own word back and their end."""
    began, connections = time.monotonic(), []
    try:
        for _ in range(CONNECTIONS):
            connections.append(connect(address))
        for number, connection in enumerate(connections):
            connection.sendall(b"echo\n%d\n" % number)
            connection.shutdown(socket.SHUT_WR)
        for number, connection in enumerate(connections):
            if read_line(connection) != b"%d\n" % number or connection.recv(1):
                raise SystemExit(f"connection {number} of {CONNECTIONS} had something else back")
        return time.monotonic() - began
    finally:
        for connection in connections:
            connection.close()


def measure_forwards():
    checkout = os.path.join(work, "stream")
    shutil.copytree(PROJECT, checkout)
    run("g++", "-std=c++20", "-O2", "-static", "-o", os.path.join(checkout, "server"), os.path.join(checkout, "server.cpp"))
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["-c", "user.email=a@example.com", "-c", "user.name=a", "commit", "-qm", "start"]):
        run("git", "-C", checkout, *words)
    run(GF, "-C", checkout, "up")
    told = json.loads(run(GF, "-C", checkout, "-o", "json", "status"))
    forwarded = ("127.0.0.1", next(one["port"] for one in told["forwards"] if one["name"] == "stream/stream"))
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with replicas_of("stream", "stream") as (replica,):
        direct = (replica.address, 8000)
        for name, way in (("from the container", download), ("into the container", upload)):
            ours, theirs = [], []
            for _ in range(ROUNDS):  # in turn
                theirs.append(way(direct))
                ours.append(way(forwarded))
            record(f"forward, {BYTES / 1e9:.0f} GB {name} / a connection to the pod itself, MB/s", statistics.median(ours), ">= 500 or >= 0.6 × floor",
                   statistics.median(theirs))
        record("forward, a line there and back / the same of the pod itself, median, ms", echo_ms(forwarded), "", echo_ms(direct))
        record(f"forward, {CONNECTIONS:,} connections at once, each answered and ended by itself / of the pod itself, s", many_at_once(forwarded),
               "all of them", many_at_once(direct))
    run(GF, "-C", checkout, "down", "--purge", "--yes")
