"""Answers "APP POD TEXT", TEXT as it stands in app/text now. What begins with /flaky/KEY fails twice with 503 for each key,
then no more; /slow takes five seconds; after a request to /break all others are answered 500."""
import collections, http.server, os, pathlib, signal, socket, time

failures, broken = collections.Counter(), []


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections stay open, as proxies want them

    def do_GET(self):
        if self.path == "/break":
            broken.append(True)
        elif broken:
            return self.answer(500, "broken")
        if self.path == "/slow":
            time.sleep(5)
        if self.path.startswith("/flaky/"):
            failures[self.path] += 1
            if failures[self.path] <= 2:
                return self.answer(503, "flaky")
        self.answer(200, pathlib.Path("app/text").read_text().strip())

    def answer(self, status, text):
        body = f"{os.environ['APP']} {socket.gethostname()} {text}\n".encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128


signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
Server(("", 8000), Handler).serve_forever()
