"""Redis: counts visits under the key prefix that belongs to this project."""

import redis.asyncio

from app.tracing import query


class Client:
    def __init__(self, url, environment):
        pool = redis.asyncio.BlockingConnectionPool.from_url(
            url, max_connections=4, timeout=2, decode_responses=True, socket_timeout=2, socket_connect_timeout=2)
        self._redis = redis.asyncio.Redis(connection_pool=pool)
        self._key = environment.get("REDIS_PREFIX", "") + "visits"

    async def ping(self):
        await self._redis.ping()

    async def visit(self):
        with query("redis", "INCR", self._key):
            await self._redis.incr(self._key)
        with query("redis", "GET", self._key):
            return {"visits": int(await self._redis.get(self._key))}

    def pool(self):
        (idle, _), (used, _) = self._redis.connection_pool.get_connection_count()
        return used, idle
