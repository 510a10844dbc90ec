"""A daemon that replays recorded answers: tests/golden/answers/PATH.json or .ndjson for a request of PATH."""
import http.server, json, pathlib, socketserver, threading

ANSWERS = pathlib.Path(__file__).resolve().parents[1] / "golden/answers"


class Replay(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = self.path.partition("?")[0]
        for ending in (".json", ".ndjson"):
            recorded = ANSWERS / (path.strip("/") + ending)
            if recorded.exists():
                return self.answer(200, recorded.read_bytes())
        self.answer(404, json.dumps({"error": {"code": "not-found", "message": f"cannot find '{path}'"}}).encode())

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True

    def get_request(self):
        return super().get_request()[0], ("", 0)  # a handler wants an address


def replay(path):
    """Serves on the Unix socket `path`; returns what ends it."""
    server = Server(str(path), Replay)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def end():
        server.shutdown()
        server.server_close()

    return end
