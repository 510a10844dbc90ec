"""ZooKeeper: one node below this project's own, written at every visit; it counts by its version."""

import asyncio

from kazoo.client import KazooClient
from kazoo.exceptions import NoNodeError
from kazoo.protocol.states import KazooState

from app.tracing import query


class Client:
    """The driver has threads of its own and connects again by itself; what they find out is passed on to the event loop."""

    def __init__(self, servers, environment):
        self._zookeeper = KazooClient(hosts=servers, timeout=4)
        self._place = environment.get("ZOOKEEPER_ROOT", "") + "/visits"
        self._pod = environment.get("HOSTNAME", "local")
        self._loop = None
        self._connected = asyncio.Event()

    def _heard(self, state):
        (self._connected.set if state == KazooState.CONNECTED else self._connected.clear)()

    async def _answer(self, ask, *arguments, **options):
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._zookeeper.add_listener(lambda state: self._loop.call_soon_threadsafe(self._heard, state))
            self._zookeeper.start_async()
        await self._connected.wait()  # asked before that, a question would lie in a queue
        answer = self._loop.create_future()

        def settle(result):
            if answer.done():
                return
            if result.successful():
                answer.set_result(result.value)
            else:
                answer.set_exception(result.exception)

        ask(*arguments, **options).rawlink(lambda result: self._loop.call_soon_threadsafe(settle, result))
        return await answer

    async def ping(self):
        await self._answer(self._zookeeper.exists_async, "/")

    async def visit(self):
        text = f"visit of {self._pod}".encode()
        with query("zookeeper", "set", self._place):
            try:
                await self._answer(self._zookeeper.set_async, self._place, text)
            except NoNodeError:
                await self._answer(self._zookeeper.ensure_path_async, self._place)
                await self._answer(self._zookeeper.set_async, self._place, text)
        with query("zookeeper", "get", self._place):
            value, stat = await self._answer(self._zookeeper.get_async, self._place)
        return {"message": value.decode(), "visits": stat.version}
