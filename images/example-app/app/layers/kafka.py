"""Kafka: writes one message per visit to this project's test topic and reads it back."""

import asyncio
import logging

import aiokafka

from app import tracing

logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what fails is told by the endpoints, not by a line a second


def access(environment):
    """What every client of this project tells the brokers."""
    return {
        "bootstrap_servers": environment["KAFKA_BOOTSTRAP_SERVERS"],
        "security_protocol": environment.get("KAFKA_SECURITY_PROTOCOL", "PLAINTEXT"),
        "sasl_mechanism": environment.get("KAFKA_SASL_MECHANISM", "PLAIN"),
        "sasl_plain_username": environment.get("KAFKA_USER"),
        "sasl_plain_password": environment.get("KAFKA_PASSWORD"),
    }


def own(environment, name):
    """The name of a topic or group of this project."""
    return environment.get("KAFKA_TOPIC_PREFIX", "") + name


class Client:
    def __init__(self, _, environment):
        self._options = {**access(environment), "request_timeout_ms": 2000}
        self._topic = own(environment, "test-topic")
        self._pod = environment.get("HOSTNAME", "local")
        self._clients = None
        self._opening = asyncio.Lock()
        self._reading = asyncio.Lock()

    async def _connected(self):
        async with self._opening:
            if self._clients is None:
                producer = aiokafka.AIOKafkaProducer(acks="all", **self._options)
                consumer = aiokafka.AIOKafkaConsumer(enable_auto_commit=False, **self._options)
                try:
                    await producer.start()
                    await consumer.start()
                except BaseException:  # cancelled by the time limit of a check as well: leave no connection behind
                    await producer.stop()
                    await consumer.stop()
                    raise
                self._clients = producer, consumer
            return self._clients

    async def ping(self):
        producer, _ = await self._connected()
        if not await producer.client.force_metadata_update():
            raise ConnectionError("no broker answers")

    async def visit(self):
        producer, consumer = await self._connected()
        with tracing.send(self._topic):
            sent = await producer.send_and_wait(self._topic, f"visit of {self._pod}".encode(), headers=tracing.headers())
        place = aiokafka.TopicPartition(sent.topic, sent.partition)
        async with self._reading:
            consumer.assign([place])
            consumer.seek(place, sent.offset)
            try:
                message = await consumer.getone(place)
            finally:
                consumer.pause(place)  # between visits nothing is fetched
        return {"partition": message.partition, "offset": message.offset, "message": message.value.decode()}
