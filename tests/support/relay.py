#!/usr/bin/env python3
"""Relays a Unix socket: `relay.py LISTEN TARGET`. Killing it cuts all connections, as when the server behind it stops."""
import os, socket, sys, threading

listen, target = sys.argv[1:]


def pump(source, sink):
    """Until the source ends its side; the other direction goes on by itself."""
    try:
        while piece := source.recv(1 << 16):
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        for one in (source, sink):  # closing alone would not end the other direction's wait for this socket
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


if os.path.exists(listen):
    os.unlink(listen)
server = socket.socket(socket.AF_UNIX)
server.bind(listen)
server.listen(128)
while True:
    client, _ = server.accept()
    upstream = socket.socket(socket.AF_UNIX)
    upstream.connect(target)
    for pair in ((client, upstream), (upstream, client)):
        threading.Thread(target=pump, args=pair, daemon=True).start()
