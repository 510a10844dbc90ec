"""What is told of each request: its metrics, and a line in the log."""

import logging
import time

from app.tracing import is_quiet, trace_id

log = logging.getLogger("app.requests")


def user_of(scope):
    for name, value in scope["headers"]:
        if name == b"x-user":
            return value.decode("latin-1")
    return scope["client"][0] if scope.get("client") else ""


def watched(application, metrics):
    """Plain ASGI: one call more per request, no extra task, no copied body."""

    async def request(scope, receive, send):
        if scope["type"] != "http":
            return await application(scope, receive, send)
        started, status = time.perf_counter(), 500

        async def watch(message):
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        metrics.in_flight.inc()
        try:
            await application(scope, receive, watch)
        finally:
            metrics.in_flight.dec()
            route = scope.get("route")  # the pattern, not the address: "/api/{name}" is one series, not many
            path = route.path if route else "unmatched"
            seconds = time.perf_counter() - started
            metrics.answered(scope["method"], path, status, seconds, trace_id())
            if not is_quiet(scope):
                metrics.users.saw(user_of(scope))
                log.info("%s %s", scope["method"], scope["path"], extra={"fields": {"status": status, "milliseconds": round(seconds * 1000, 1)}})

    return request
