"""MongoDB: one document per visit in the database that belongs to this project."""

from datetime import UTC, datetime

from pymongo import AsyncMongoClient
from pymongo.monitoring import ConnectionPoolListener

from app.tracing import query


class Counted(ConnectionPoolListener):
    """How many connections there are, and how many of them are in use."""

    def __init__(self):
        self.open = self.used = 0

    def connection_created(self, event):
        self.open += 1

    def connection_closed(self, event):
        self.open -= 1

    def connection_checked_out(self, event):
        self.used += 1

    def connection_checked_in(self, event):
        self.used -= 1

    def _other(self, event):
        """Says nothing about the numbers."""

    pool_created = pool_ready = pool_cleared = pool_closed = _other
    connection_ready = connection_check_out_started = connection_check_out_failed = _other


class Client:
    def __init__(self, url, environment):
        self._connections = Counted()
        client = AsyncMongoClient(url, maxPoolSize=4, serverSelectionTimeoutMS=2000, connectTimeoutMS=2000,
                                  event_listeners=[self._connections])
        self._database = client.get_default_database()
        self._pod = environment.get("HOSTNAME", "local")

    async def ping(self):
        await self._database.command("ping")

    async def visit(self):
        visits = self._database["visits"]
        with query("mongodb", "insert", "visits"):
            added = await visits.insert_one({"pod": self._pod, "at": datetime.now(UTC)})
        with query("mongodb", "count", "visits"):
            return {"document": str(added.inserted_id), "visits": await visits.count_documents({})}

    def pool(self):
        return self._connections.used, self._connections.open - self._connections.used
