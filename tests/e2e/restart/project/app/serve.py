"""Answers "TEXT POD", TEXT as text.py said when the program began: it looks at its files once, and knows no reload."""
import http.server, socket

from text import TEXT


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{TEXT} {socket.gethostname()}\n".encode())

    def log_message(self, *_):
        pass


print("serving", TEXT)
http.server.ThreadingHTTPServer(("", 8000), Handler).serve_forever()
