"""Answers "VERSION POD", as the file version says that came with the image; "never" says in its log why it is not ready.
Told to end, it asks its callers to come on new connections, which lead elsewhere, and ends two seconds later."""
import http.server, os, pathlib, signal, socket, threading

VERSION = pathlib.Path("version").read_text().strip()
ending = threading.Event()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections stay open, as pools of clients want them

    def do_GET(self):
        ready = VERSION != "never"
        body = f"{VERSION} {socket.gethostname()}\n".encode()
        self.send_response(200 if ready else 503)
        self.send_header("Content-Length", str(len(body)))
        if ending.is_set():
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128


def end(*_):
    ending.set()
    threading.Timer(2, os._exit, [0]).start()


signal.signal(signal.SIGTERM, end)
if VERSION == "never":
    print("cannot find the table of prices", flush=True)
Server(("", 8000), Handler).serve_forever()
