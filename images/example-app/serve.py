"""Serves an ASGI application and restarts its code on SIGHUP without refusing a request.

    python serve.py app.main:app --port 8000

The first process binds the listening socket once and never imports the application. A worker is forked from it for each
version of the code, so a new worker sees the files as they are now. On SIGHUP a new worker is started; only when it
accepts requests is the old one asked to finish what it has in hand. When the new code does not start (a syntax error,
say), its traceback is printed and the old worker keeps serving.

Every event (a worker is ready, a worker is gone, reload, stop) arrives here as a signal, taken one at a time by
sigwaitinfo: nothing is polled. The worker says that it is ready by sending SIGUSR1 to this process.
"""

import argparse
import gc
import importlib
import os
import signal
import socket
import sys
import time

# Imported once, before the first fork: a new worker then only has to import the application itself.
PRELOAD = ("fastapi", "uvicorn.lifespan.on", "uvicorn.protocols.http.h11_impl", "uvicorn.loops.asyncio", "prometheus_client")
PRELOAD_TRACED = ("opentelemetry.exporter.otlp.proto.http.trace_exporter", "opentelemetry.sdk.trace.export")
EVENTS = {signal.SIGHUP, signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGCHLD}
GRACE_SECONDS = 5  # how long an old worker may take to finish requests in progress
START_SECONDS = 5  # a worker that starts for longer than this is given up when newer code has arrived


def say(text):
    print(f"serve: {text}", file=sys.stderr, flush=True)


def run_worker(application, listener):
    """Imports the application and serves it until SIGTERM. Runs in the forked process."""
    import uvicorn

    supervisor = os.getppid()

    class Server(uvicorn.Server):
        async def startup(self, sockets=None):
            await super().startup(sockets=sockets)
            if self.started:
                os.kill(supervisor, signal.SIGUSR1)

    config = uvicorn.Config(application, access_log=False, log_level="warning", http="h11", ws="none", loop="asyncio",
                            timeout_graceful_shutdown=GRACE_SECONDS)
    server = Server(config)
    server.run(sockets=[listener])
    return 0 if server.started else 3


class Supervisor:
    """Keeps exactly one worker serving; `coming` is the one that shall replace it."""

    def __init__(self, application, listener):
        self.application = application
        self.listener = listener
        self.serving = None
        self.coming = None
        self.coming_since = 0.0
        self.reload_again = False  # SIGHUP came while a worker was starting: its code may be old already
        self.stopping = False
        self.status = 0

    def fork(self):
        pid = os.fork()
        if pid:
            return pid
        status = 1
        try:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, EVENTS)
            status = run_worker(self.application, self.listener)
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
        except KeyboardInterrupt:
            status = 0
        except BaseException:  # whatever the application raises while it is imported is shown, then this process ends
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def start(self):
        self.coming_since = time.monotonic()
        self.coming = self.fork()

    def reload(self):
        if not self.coming:
            self.start()
            return
        self.reload_again = True
        if self.serving and time.monotonic() > self.coming_since + START_SECONDS:
            os.kill(self.coming, signal.SIGKILL)  # code that hangs while it is imported; its end starts the newer one

    def ready(self, pid):
        if pid != self.coming:
            return
        old, self.serving, self.coming = self.serving, pid, None
        if old:
            os.kill(old, signal.SIGTERM)
        self.next_reload()

    def next_reload(self):
        if self.reload_again and not self.stopping:
            self.reload_again = False
            self.start()

    def gone(self, pid, status):
        code = os.waitstatus_to_exitcode(status)
        if pid == self.coming:
            self.coming = None
            if self.serving and not self.stopping:
                say("the new code did not start; the code before it keeps serving")
                self.next_reload()
            elif not self.stopping:
                self.status = code if code > 0 else 1
        elif pid == self.serving:
            self.serving = None
            if not self.stopping:
                say(f"the worker ended by itself (status {code})")
                self.status = code if code > 0 else 1
                self.stop()

    def stop(self):
        self.stopping = True
        for pid in (self.serving, self.coming):
            if pid:
                os.kill(pid, signal.SIGTERM)

    def reap(self):
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self.gone(pid, status)

    def run(self):
        """Returns the exit status once no worker is left."""
        self.start()
        while self.serving or self.coming:
            event = signal.sigwaitinfo(EVENTS)
            if event.si_signo == signal.SIGHUP and not self.stopping:
                self.reload()
            elif event.si_signo == signal.SIGUSR1:
                self.ready(event.si_pid)
            elif event.si_signo == signal.SIGCHLD:
                self.reap()
            elif event.si_signo in (signal.SIGTERM, signal.SIGINT):
                self.stop()
        return self.status


def main():
    # First of all, so that no signal is lost: what arrives from here on waits for sigwaitinfo.
    signal.pthread_sigmask(signal.SIG_BLOCK, EVENTS)
    arguments = argparse.ArgumentParser(description="serve an ASGI application; SIGHUP restarts its code")
    arguments.add_argument("application", help="module:variable, for example app.main:app")
    arguments.add_argument("--host", default="0.0.0.0")
    arguments.add_argument("--port", type=int, default=8000)
    options = arguments.parse_args()

    sys.path.insert(0, os.getcwd())
    listener = socket.create_server((options.host, options.port), backlog=1024)
    # asyncio sets it for sockets that it makes itself only. Without it an answer's body waits, on a connection that is kept,
    # until the client has acknowledged its head: 40 ms behind a proxy.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for module in PRELOAD + (PRELOAD_TRACED if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT") else ()):
        importlib.import_module(module)
    gc.freeze()  # keeps the collector of a worker from writing to (and so copying) the pages it shares with this process
    return Supervisor(options.application, listener).run()


if __name__ == "__main__":
    sys.exit(main())
