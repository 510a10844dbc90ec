"""Run in the application's container: `checker.py STORE write FIRST SECONDS`, `checker.py STORE read` or `checker.py STORE
many CLIENTS`, STORE postgres or mysql.

write: rows numbered from FIRST, one after the other; prints the number of each that was acknowledged, with the time. A row
that was not is given up: nobody knows whether it is there. read: prints the numbers of all rows. many: CLIENTS
are connected at the same time, and each asks something.
"""
import asyncio, os, ssl, sys, time, warnings

import aiomysql
import asyncpg


class Postgres:
    limit = 1  # seconds

    async def connect(self):
        self.connection = await asyncpg.connect(os.environ["DATABASE_URL"], timeout=self.limit, command_timeout=self.limit)

    async def run(self, sql):
        return await self.connection.fetch(sql)

    def drop(self):
        self.connection.terminate()


class Mysql:
    async def connect(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        of = {name: os.environ["MYSQL_" + name.upper()] for name in ("host", "user", "password")}
        self.connection = await asyncio.wait_for(aiomysql.connect(
            port=int(os.environ["MYSQL_PORT"]), db=os.environ["MYSQL_DATABASE"], autocommit=True, ssl=context, connect_timeout=1, **of), 1)

    async def run(self, sql):
        async with asyncio.timeout(1), self.connection.cursor() as cursor:
            await cursor.execute(sql)
            return await cursor.fetchall()

    def drop(self):
        self.connection.close()


async def write(store, number, until):
    while time.time() < until:
        try:
            await store.connect()
        except Exception:
            await asyncio.sleep(0.1)
            continue
        try:
            await store.run("CREATE TABLE IF NOT EXISTS written (number bigint PRIMARY KEY)")
            while time.time() < until:
                number += 1
                await store.run(f"INSERT INTO written VALUES ({number})")
                print(number, f"{time.time():.2f}", flush=True)
                await asyncio.sleep(0.02)
        except Exception:
            await asyncio.sleep(0.1)
        store.drop()


async def read(store):
    await store.connect()
    for row in await store.run("SELECT number FROM written ORDER BY number"):
        print(row[0])
    store.drop()


async def many(kind, clients):
    kind.limit = 20
    stores = [kind() for _ in range(clients)]
    await asyncio.gather(*(store.connect() for store in stores))
    await asyncio.gather(*(store.run("SELECT 1") for store in stores))


warnings.simplefilter("ignore")  # "Table exists already", for each connection
kind = {"postgres": Postgres, "mysql": Mysql}[sys.argv[1]]
if sys.argv[2] == "many":
    asyncio.run(many(kind, int(sys.argv[3])))
elif sys.argv[2] == "write":
    asyncio.run(write(kind(), int(sys.argv[3]), time.time() + float(sys.argv[4])))
else:
    asyncio.run(read(kind()))
