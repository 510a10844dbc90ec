"""PostgreSQL: one row per visit in the database that belongs to this project."""

import asyncio

import asyncpg

from app.tracing import query

# Two replicas may come here at the same time, and CREATE TABLE IF NOT EXISTS alone does not bear that: the lock does.
CREATE = """
SELECT pg_advisory_xact_lock(hashtext('visits'));
CREATE TABLE IF NOT EXISTS visits (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, pod text, at timestamptz DEFAULT now())
"""


class Client:
    def __init__(self, url, environment):
        self._url = url
        self._pod = environment.get("HOSTNAME", "local")
        self._pool = None
        self._opening = asyncio.Lock()

    async def _connected(self):
        async with self._opening:
            if self._pool is None:
                pool = await asyncpg.create_pool(self._url, min_size=1, max_size=4, timeout=2, command_timeout=2)
                try:
                    async with pool.acquire() as connection, connection.transaction():
                        await connection.execute(CREATE)
                except BaseException:  # cancelled by the time limit of a check as well: leave no connection behind
                    pool.terminate()
                    raise
                self._pool = pool
            return self._pool

    async def ping(self):
        pool = await self._connected()
        await pool.fetchval("SELECT 1")

    async def visit(self):
        pool = await self._connected()
        with query("postgresql", "INSERT", "visits"):
            number = await pool.fetchval("INSERT INTO visits (pod) VALUES ($1) RETURNING id", self._pod)
        with query("postgresql", "SELECT", "visits"):
            return {"row": number, "visits": await pool.fetchval("SELECT count(*) FROM visits")}

    def pool(self):
        return self._pool and (self._pool.get_size() - self._pool.get_idle_size(), self._pool.get_idle_size())
