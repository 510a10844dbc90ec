"""Answers "VERSION POD", as the file version says that came with the image; "bad" answers everything with 500."""
import http.server, os, pathlib, signal, socket

VERSION = pathlib.Path("version").read_text().strip()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections stay open, as proxies want them

    def do_GET(self):
        body = f"{VERSION} {socket.gethostname()}\n".encode()
        self.send_response(500 if VERSION == "bad" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128


signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
Server(("", 8000), Handler).serve_forever()
