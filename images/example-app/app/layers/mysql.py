"""MySQL: one row per visit in the database that belongs to this project."""

import asyncio
import ssl
from urllib.parse import unquote, urlsplit

import aiomysql

from app.tracing import query

CREATE = """
CREATE TABLE IF NOT EXISTS visits (id bigint AUTO_INCREMENT PRIMARY KEY, pod text, at timestamp DEFAULT CURRENT_TIMESTAMP)
"""


def encrypted():
    """MySQL takes a password over an encrypted connection only. The server made its certificate itself: nobody vouches for it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Client:
    def __init__(self, url, environment):
        place = urlsplit(url)
        self._settings = {
            "host": place.hostname, "port": place.port or 3306, "db": unquote(place.path.lstrip("/")),
            "user": unquote(place.username or ""), "password": unquote(place.password or ""), "ssl": encrypted(),
        }
        self._pod = environment.get("HOSTNAME", "local")
        self._pool = None
        self._opening = asyncio.Lock()

    async def _connected(self):
        async with self._opening:
            if self._pool is None:
                pool = await aiomysql.create_pool(minsize=1, maxsize=4, connect_timeout=2, autocommit=True, **self._settings)
                try:
                    async with pool.acquire() as connection, connection.cursor() as cursor:
                        await cursor.execute(CREATE)
                except BaseException:  # cancelled by the time limit of a check as well: leave no connection behind
                    pool.terminate()
                    raise
                self._pool = pool
            return self._pool

    async def ping(self):
        pool = await self._connected()
        async with pool.acquire() as connection, connection.cursor() as cursor:
            await cursor.execute("SELECT 1")

    async def visit(self):
        pool = await self._connected()
        async with pool.acquire() as connection, connection.cursor() as cursor:
            with query("mysql", "INSERT", "visits"):
                await cursor.execute("INSERT INTO visits (pod) VALUES (%s)", (self._pod,))
            row = cursor.lastrowid
            with query("mysql", "SELECT", "visits"):
                await cursor.execute("SELECT count(*) FROM visits")
                return {"row": row, "visits": (await cursor.fetchone())[0]}

    def pool(self):
        return self._pool and (self._pool.size - self._pool.freesize, self._pool.freesize)
