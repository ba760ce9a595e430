"""A Kafka broker for tests: librdkafka's own, in a process of its own.

As a program it prints its address, then sends what it is told: each line of its input is the JSON
of a topic, a partition and messages, which stand in base64. It keeps some 5 MB of a partition and
forgets what is older.
"""

import base64
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Broker:
    """A running broker.

    Attributes:
        address: Where it is reached.
    """

    address: str
    _process: subprocess.Popen[str]

    def send(self, topic: str, *messages: str | bytes | None, partition: int = 0) -> None:
        """Append messages to a partition, and wait until they are there."""
        assert self._process.stdin
        assert self._process.stdout
        packed = [message if message is None else _packed(message) for message in messages]
        print(json.dumps([topic, partition, packed]), file=self._process.stdin, flush=True)
        assert self._process.stdout.readline() == "sent\n"


@contextmanager
def broker() -> Iterator[Broker]:
    """A broker with no topic, whose topics have four partitions."""
    process = subprocess.Popen(
        [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        yield Broker(process.stdout.readline().strip(), process)
    finally:
        process.kill()
        process.wait()


def _packed(message: str | bytes) -> str:
    binary = message.encode() if isinstance(message, str) else message
    return base64.b64encode(binary).decode()


def _send(producer: object, topic: str, partition: int, messages: Sequence[str | None]) -> None:
    for message in messages:
        value = message if message is None else base64.b64decode(message)
        producer.produce(topic, value, partition=partition)  # type: ignore[attr-defined]
        producer.poll(0)  # type: ignore[attr-defined]
    assert producer.flush(30) == 0  # type: ignore[attr-defined]


def main() -> None:
    """Run the broker until its input ends."""
    from confluent_kafka import Producer

    producer = Producer({"bootstrap.servers": " ", "test.mock.num.brokers": 1, "linger.ms": 5})
    [found] = producer.list_topics(timeout=10).brokers.values()
    print(f"{found.host}:{found.port}", flush=True)
    for line in sys.stdin:
        _send(producer, *json.loads(line))
        print("sent", flush=True)


if __name__ == "__main__":
    main()
