"""Takes alerts as Prometheus sends them to an Alertmanager, writes each change on a line of the log, and shows what fires now.

POST /api/v2/alerts   from Prometheus, again and again while an alert fires
GET  /api/v2/alerts   what fires now
"""
import http.server
import json
import signal
import sys
import threading
from datetime import datetime, timezone

LIMIT = 500  # alerts that are told apart; the longest unheard of go first
BODY_LIMIT = 1 << 20

lock = threading.Lock()
known = {}  # labels → alert, in the order in which they were heard of


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def fires(alert):
    return not alert.get("endsAt") or instant(alert["endsAt"]) > datetime.now(timezone.utc)


def receive(alerts):
    for alert in alerts:
        key = json.dumps(alert["labels"], sort_keys=True)
        with lock:
            before = known.pop(key, None)
            known[key] = alert
            if len(known) > LIMIT:
                del known[next(iter(known))]
        if fires(alert) != bool(before and fires(before)):
            print(json.dumps({"state": "firing" if fires(alert) else "resolved", "labels": alert["labels"],
                              "summary": alert.get("annotations", {}).get("summary", "")}), flush=True)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        if self.path != "/api/v2/alerts" or length > BODY_LIMIT:
            return self.answer(404 if length <= BODY_LIMIT else 413, {})
        receive(json.loads(self.rfile.read(length)))
        self.answer(200, {})

    def do_GET(self):
        if self.path == "/-/ready":
            return self.answer(200, {})
        if self.path != "/api/v2/alerts":
            return self.answer(404, {"known": ["/api/v2/alerts"]})
        with lock:
            self.answer(200, [alert for alert in known.values() if fires(alert)])

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        """Requests are no news."""


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    http.server.ThreadingHTTPServer(("", 9093), Handler).serve_forever()
