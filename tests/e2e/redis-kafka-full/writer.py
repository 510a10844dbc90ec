"""Writes numbered records one after another until it is told to end (SIGTERM), then reads back what is there.

Usage: writer.py redis|kafka write|check. `write` prints a line for each number that was acknowledged after a pause of more
than a second, and at the end one line of JSON: how many were acknowledged, the longest pause between two, how many of
them are lost. `check` prints how many different ones are there."""

import asyncio
import json
import logging
import os
import signal
import sys
import time

logging.disable(logging.CRITICAL)  # what clients say about servers that are gone is no news here


class Redis:
    def __init__(self):
        import redis.asyncio

        self._redis = redis.asyncio.from_url(os.environ["REDIS_URL"], socket_timeout=1, socket_connect_timeout=1)
        self._key = os.environ["REDIS_PREFIX"] + "numbers"

    async def open(self):
        pass

    async def write(self, number):
        await self._redis.sadd(self._key, number)

    async def read(self):
        return {int(number) for number in await self._redis.smembers(self._key)}


class Kafka:
    def __init__(self):
        self._options = {
            "bootstrap_servers": os.environ["KAFKA_BOOTSTRAP_SERVERS"],
            "security_protocol": os.environ["KAFKA_SECURITY_PROTOCOL"],
            "sasl_mechanism": os.environ["KAFKA_SASL_MECHANISM"],
            "sasl_plain_username": os.environ["KAFKA_USER"],
            "sasl_plain_password": os.environ["KAFKA_PASSWORD"],
            "request_timeout_ms": 3000,
        }
        self._topic = os.environ["KAFKA_TOPIC_PREFIX"] + "test-topic"

    async def open(self):
        import aiokafka

        self._producer = aiokafka.AIOKafkaProducer(acks="all", **self._options)
        await self._producer.start()

    async def write(self, number):
        await self._producer.send_and_wait(self._topic, f"number {number}".encode())

    async def read(self):
        import aiokafka

        consumer = aiokafka.AIOKafkaConsumer(self._topic, auto_offset_reset="earliest", enable_auto_commit=False, **self._options)
        await consumer.start()
        numbers = set()
        ends = await consumer.end_offsets(consumer.assignment())
        while any([await consumer.position(place) < end for place, end in ends.items()]):
            for messages in (await consumer.getmany(timeout_ms=1000)).values():
                numbers.update(int(one.value.split()[1]) for one in messages if one.value.startswith(b"number "))
        await consumer.stop()
        return numbers


async def persist(action, *arguments):
    """Tries until it is done: what matters is when it is."""
    while True:
        try:
            return await asyncio.wait_for(action(*arguments), 20)
        except Exception as error:  # each client has errors of its own
            print(f"{time.time():.1f} {type(error).__name__}: {error}", file=sys.stderr, flush=True)
            await asyncio.sleep(0.05)


async def main(store, what):
    client = {"redis": Redis, "kafka": Kafka}[store]()
    if what == "check":
        print(json.dumps({"there": len(await persist(client.read))}), flush=True)
        os._exit(0)
    ending = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ending.set)
    await persist(client.open)
    number = first = time.time_ns() // 1_000_000  # of this run alone
    longest, last = 0.0, time.monotonic()
    while not ending.is_set():
        await persist(client.write, number)
        now = time.monotonic()
        if number == first:
            print("writing", flush=True)
        else:
            longest = max(longest, now - last)
            if now - last > 1:
                print(f"went on after {now - last:.1f} s", flush=True)
        last = now
        number += 1
        await asyncio.sleep(0.01)
    lost = set(range(first, number)) - await persist(client.read)
    print(json.dumps({"acknowledged": number - first, "pause": round(longest, 1), "lost": len(lost)}), flush=True)
    os._exit(0)  # closing a client waits for servers that are gone


asyncio.run(main(*sys.argv[1:]))
