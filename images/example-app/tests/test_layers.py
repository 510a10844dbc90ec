"""How the answers of layers become states and rows, without any server. Run with: python -m unittest discover -s tests -t ."""

import asyncio
import unittest

import app.layers as module
from app.layers import Layers, Unreachable


class Client:
    """Answers, or fails as it is told."""

    def __init__(self):
        self.error, self.asked = None, 0

    async def ping(self):
        self.asked += 1
        if self.error:
            raise self.error

    async def visit(self):
        await self.ping()
        return {"visits": self.asked}


class States(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.layers = Layers({"REDIS_URL": "redis://somewhere", "DATABASE_URL": ""})
        self.client = self.layers._clients["redis"] = Client()

    def row(self, rows, name):
        return next(row for row in rows if row["layer"] == name)

    def forget(self):
        self.layers._expires = 0.0

    async def test_an_empty_variable_is_no_layer(self):
        self.assertEqual(await self.layers.status(), {"redis": "ok"})
        self.assertEqual(self.row(await self.layers.rows(), "postgres")["state"], "off")

    async def test_what_is_well_is_asked_once_for_many_questions(self):
        await asyncio.gather(*(self.layers.status() for _ in range(10)))
        self.assertEqual(self.client.asked, 1)

    async def test_a_visit_tells_its_time(self):
        answer = await self.layers.visit("redis")
        self.assertEqual(answer["visits"], 1)
        self.assertGreaterEqual(answer["milliseconds"], 0)

    async def test_the_last_error_is_kept_after_the_layer_answers_again(self):
        self.client.error = ConnectionError("refused")
        self.assertEqual(await self.layers.status(), {"redis": "refused"})
        row = self.row(await self.layers.rows(), "redis")
        self.assertEqual((row["state"], row["milliseconds"], row["last_error"]), ("waiting", None, "refused"))
        self.client.error = None
        self.forget()
        row = self.row(await self.layers.rows(), "redis")
        self.assertEqual((row["state"], row["last_error"]), ("ok", "refused"))
        self.assertIsNotNone(row["milliseconds"])

    async def test_an_error_without_words_is_named_by_its_kind(self):
        self.client.error = ConnectionResetError()
        with self.assertRaisesRegex(Unreachable, "ConnectionResetError"):
            await self.layers.visit("redis")

    async def test_a_layer_that_hangs_is_given_up(self):
        async def forever():
            await asyncio.Event().wait()

        self.client.ping = forever
        limit, module.CHECK_SECONDS = module.CHECK_SECONDS, 0.05
        self.addCleanup(setattr, module, "CHECK_SECONDS", limit)
        self.assertEqual(await self.layers.status(), {"redis": "no answer within 0.05 s"})


if __name__ == "__main__":
    unittest.main()
