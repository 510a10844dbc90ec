"""The layers that the application can use. One row and one module each; a driver is imported when it is first needed."""

import asyncio
import importlib
import time

# name → the environment variable that Greenfield sets when the project uses the layer
KNOWN = {
    "redis": "REDIS_URL",
    "postgres": "DATABASE_URL",
    "mysql": "MYSQL_URL",
    "mongodb": "MONGODB_URI",
    "kafka": "KAFKA_BOOTSTRAP_SERVERS",
}

FRESH_SECONDS = 2.0  # an answer "all is well" is trusted this long
RETRY_SECONDS = 0.5  # an answer "something is missing" only this long, so that recovery shows quickly
CHECK_SECONDS = 0.8  # below the one second that a kubelet grants a probe


class Layers:
    def __init__(self, environment):
        self.known = frozenset(KNOWN)
        self.enabled = {name: environment[key] for name, key in KNOWN.items() if environment.get(key)}
        self._environment = environment
        self._clients = {}
        self._status = {}
        self._expires = 0.0
        self._checking = asyncio.Lock()

    def _client(self, name):
        if name not in self._clients:
            module = importlib.import_module(f"app.layers.{name}")
            self._clients[name] = module.Client(self.enabled[name], self._environment)
        return self._clients[name]

    async def visit(self, name):
        """Writes one visit and reads back how many there are."""
        return await self._client(name).visit()

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

    async def _check(self, name):
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                await self._client(name).ping()
            return "ok"
        except TimeoutError:
            return f"no answer within {CHECK_SECONDS} s"
        except Exception as error:  # every driver has errors of its own; for readiness they are all "not yet"
            return str(error) or type(error).__name__
