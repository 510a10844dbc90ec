"""The layers that the application can use. One row and one module each; a driver is imported when it is first needed."""

import asyncio
import importlib
import time
from dataclasses import dataclass

# name → the environment variable that Greenfield sets when the project uses the layer
KNOWN = {
    "redis": "REDIS_URL",
    "postgres": "DATABASE_URL",
    "mysql": "MYSQL_URL",
    "mongodb": "MONGODB_URI",
    "kafka": "KAFKA_BOOTSTRAP_SERVERS",
    "zookeeper": "ZOOKEEPER_CONNECT",
}

FRESH_SECONDS = 2.0  # an answer "all is well" is trusted this long
RETRY_SECONDS = 0.5  # an answer "something is missing" only this long, so that recovery shows quickly
CHECK_SECONDS = 0.8  # below the one second that a kubelet grants a probe
VISIT_SECONDS = 3.0  # for all of a visit: connecting, writing, reading back


class Unreachable(Exception):
    """A layer did not answer; the text says why."""


@dataclass
class Seen:
    """What the last questions to a layer came to."""

    milliseconds: float | None = None  # of the last answer
    error: str | None = None  # the last one, also after the layer has answered again
    error_at: float = 0.0


def how_to_enable(name):
    return f"add '{name}' to addons and to the app's uses in greenfield.yaml, then run: gf up"


class Layers:
    def __init__(self, environment):
        self.enabled = {name: environment[key] for name, key in KNOWN.items() if environment.get(key)}
        self._environment = environment
        self._clients = {}
        self._seen = {name: Seen() for name in self.enabled}
        self._status = {}
        self._expires = 0.0
        self._checking = asyncio.Lock()

    def _client(self, name):
        if name not in self._clients:
            module = importlib.import_module(f"app.layers.{name}")
            self._clients[name] = module.Client(self.enabled[name], self._environment)
        return self._clients[name]

    async def visit(self, name):
        """Writes one visit and reads it back, and says how long that took."""
        answer = await self._ask(name, VISIT_SECONDS, lambda client: client.visit())
        return {**answer, "milliseconds": self._seen[name].milliseconds}

    def pools(self):
        """{layer: (connections in use, idle ones)} of those that keep a pool."""
        counts = {name: client.pool() for name, client in self._clients.items() if hasattr(client, "pool")}
        return {name: count for name, count in counts.items() if count}

    async def status(self):
        """{layer: "ok" | why not} for the enabled layers, at most FRESH_SECONDS old."""
        async with self._checking:
            if time.monotonic() >= self._expires:
                names = list(self.enabled)
                texts = await asyncio.gather(*(self._check(name) for name in names))
                self._status = dict(zip(names, texts))
                well = all(text == "ok" for text in texts)
                self._expires = time.monotonic() + (FRESH_SECONDS if well else RETRY_SECONDS)
            return self._status

    async def rows(self):
        """One row for each known layer, as the page shows it."""
        status = await self.status()
        return [self._row(name, status[name]) if name in status else
                {"layer": name, "state": "off", "hint": how_to_enable(name)} for name in KNOWN]

    def _row(self, name, text):
        seen = self._seen[name]
        row = {"layer": name, "state": "ok" if text == "ok" else "waiting", "milliseconds": seen.milliseconds}
        if seen.error:
            row |= {"last_error": seen.error, "last_error_seconds_ago": round(time.monotonic() - seen.error_at)}
        return row

    async def _check(self, name):
        try:
            await self._ask(name, CHECK_SECONDS, lambda client: client.ping())
            return "ok"
        except Unreachable as error:
            return str(error)

    async def _ask(self, name, seconds, question):
        seen, started = self._seen[name], time.perf_counter()
        try:
            async with asyncio.timeout(seconds):
                answer = await question(self._client(name))
            seen.milliseconds = round((time.perf_counter() - started) * 1000, 1)
            return answer
        except TimeoutError:
            seen.error = f"no answer within {seconds:g} s"
        except Exception as error:  # every driver has errors of its own; to the caller they all mean "not now"
            seen.error = str(error) or type(error).__name__
        seen.milliseconds, seen.error_at = None, time.monotonic()
        raise Unreachable(seen.error)
