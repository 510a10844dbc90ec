"""The consumer service: takes the messages of this project's test topic, as a member of the group that all replicas form."""

import asyncio
import logging

import aiokafka
from aiokafka.errors import KafkaError

from app import tracing
from app.layers.kafka import access, own

RETRY_SECONDS = 1
LEAVE_SECONDS = 2  # to tell the group of the end, so that the others take over at once
WAIT_MILLISECONDS = 10_000  # how long a broker may hold a question while there is nothing new: the fewer, the calmer

log = logging.getLogger(__name__)


class Consumer:
    def __init__(self, environment, counter):
        self._topic = own(environment, "test-topic")
        self._options = {
            **access(environment), "group_id": own(environment, "consumer"), "auto_offset_reset": "earliest",
            "fetch_max_wait_ms": WAIT_MILLISECONDS, "request_timeout_ms": WAIT_MILLISECONDS + 5_000,
        }
        self._counter = counter
        self._messages = 0
        self._last = None
        self._error = "not connected yet"

    def seen(self):
        """What this replica has taken since it started."""
        return {"group": self._options["group_id"], "topic": self._topic, "messages": self._messages, "last": self._last,
                "error": self._error}

    async def run(self):
        """Until it is cancelled: consumes, and begins again after a failure."""
        while True:
            consumer = aiokafka.AIOKafkaConsumer(self._topic, **self._options)
            try:
                await consumer.start()
                self._error = None
                async for message in consumer:
                    self._take(message)
            except (KafkaError, OSError) as error:
                self._error = str(error) or type(error).__name__
            finally:
                await self._leave(consumer)
            await asyncio.sleep(RETRY_SECONDS)

    def _take(self, message):
        with tracing.process(message.topic, message.headers):
            self._messages += 1
            self._counter.inc()
            self._last = {"partition": message.partition, "offset": message.offset, "message": message.value.decode()}
            log.info("took a message", extra={"fields": {"partition": message.partition, "offset": message.offset}})

    async def _leave(self, consumer):
        try:
            async with asyncio.timeout(LEAVE_SECONDS):
                await consumer.stop()
        except TimeoutError:
            pass  # then the group notices by itself
