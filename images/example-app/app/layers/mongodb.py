"""MongoDB: one document per visit in the database that belongs to this project."""

from datetime import UTC, datetime

from pymongo import AsyncMongoClient


class Client:
    def __init__(self, url, environment):
        client = AsyncMongoClient(url, maxPoolSize=4, serverSelectionTimeoutMS=2000, connectTimeoutMS=2000)
        self._database = client.get_default_database()
        self._pod = environment.get("HOSTNAME", "local")

    async def ping(self):
        await self._database.command("ping")

    async def visit(self):
        visits = self._database["visits"]
        added = await visits.insert_one({"pod": self._pod, "at": datetime.now(UTC)})
        return {"document": str(added.inserted_id), "visits": await visits.count_documents({})}
