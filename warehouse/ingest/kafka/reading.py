"""What is new in a topic, as segments: each partition from its next message to where it ends now.

There is no consumer group: where to begin is said, and nothing is committed to the brokers.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from confluent_kafka import (
    TIMESTAMP_NOT_AVAILABLE,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)

from warehouse.ingest.errors import RefusedFileError
from warehouse.ingest.kafka.segments import Segment, in_folder
from warehouse.ingest.kafka.topic import BROKERS, MESSAGE, PREFIX, Topic

_ANSWER_SECONDS = 15.0
_SILENCE_SECONDS = 60.0
# So many are taken at once, or as many as there are within the seconds: at the end of a partition
# they are waited for in vain.
_MESSAGES_AT_ONCE = 10_000
_WAIT_SECONDS = 0.1

# A segment is one transaction; a longer one is cut.
_SEGMENT_BYTES = 256 << 20


@dataclass
class Reading:
    """What was read of a topic.

    Attributes:
        messages: How many.
        oldest: When the oldest of them was sent, in seconds since 1970, where they tell.
        remarks: What the user should know.
    """

    messages: int = 0
    oldest: float | None = None
    remarks: list[str] = field(default_factory=list)

    def add(self, message: Message) -> None:
        """Count a message."""
        self.messages += 1
        kind, milliseconds = message.timestamp()
        if kind != TIMESTAMP_NOT_AVAILABLE:
            self.oldest = min(milliseconds / 1000, self.oldest or float("inf"))


def read(
    topic: Topic,
    connection: Mapping[str, str],
    folder: Path,
    next_offsets: Mapping[int, int],
    *,
    most: int | None = None,
) -> Reading:
    """Write what is new in a topic as segments below a folder.

    Segments that an earlier run wrote and nobody has loaded yet stay, and reading goes on behind
    them; those that are loaded are deleted.

    Args:
        topic: The topic.
        connection: How its brokers are reached, by librdkafka's names.
        folder: That of the stream.
        next_offsets: Where its partitions go on, for those of which something is loaded.
        most: Of the others, how many messages to read at most, the last ones.

    Returns:
        What was read now.

    Raises:
        RefusedFileError: The topic is not to be had, or is not the one that was read before.
            Nothing of it is written.
    """
    starts = _behind_leftovers(topic, folder, dict(next_offsets))
    with _consumer(connection) as consumer:
        reader = _Reader(topic, consumer, folder, most)
        return reader.read(starts)


def messages_left(
    topic: Topic, connection: Mapping[str, str], next_offsets: Mapping[int, int]
) -> int:
    """How many messages a topic has that are not loaded.

    Args:
        topic: The topic.
        connection: How its brokers are reached, by librdkafka's names.
        next_offsets: Where its partitions go on, for those of which something is loaded.

    Raises:
        RefusedFileError: The topic is not to be had.
    """
    with _consumer(connection) as consumer:
        left = 0
        for number in _partitions(topic, consumer):
            low, high = _bounds(topic, consumer, number)
            left += max(0, high - max(low, next_offsets.get(number, low)))
        return left


def _behind_leftovers(topic: Topic, folder: Path, starts: dict[int, int]) -> dict[int, int]:
    """Where reading goes on; segments that do not follow on what is loaded are deleted."""
    for segment in list(in_folder(folder, topic)):
        if segment.first == starts.get(segment.partition):
            starts[segment.partition] = segment.last + 1
        else:
            (folder / segment.name).unlink(missing_ok=True)
    return starts


@contextmanager
def _consumer(connection: Mapping[str, str]) -> Iterator[Consumer]:
    ours = {
        "group.id": "warehouse",
        "enable.auto.commit": False,
        "enable.partition.eof": True,
        "auto.offset.reset": "error",
        "isolation.level": "read_committed",
    }
    try:
        # What librdkafka logs would stand between the lines of the load; an error is told once.
        consumer = Consumer({**connection, **ours, "log_level": 0})
    except KafkaException as error:
        raise RefusedFileError(
            f"{error.args[0].str()}: the settings {PREFIX}… are librdkafka's properties"
        ) from None
    try:
        yield consumer
    except KafkaException as error:
        raise RefusedFileError(f"Kafka: {error.args[0].str()}") from None
    finally:
        consumer.close()


def _decoder(topic: Topic) -> Callable[[bytes], bytes]:
    if not topic.is_avro:
        return bytes
    # It takes a moment, which those who read JSON need not wait.
    from warehouse.ingest.kafka.avro import AvroDecoder

    return AvroDecoder()


def _partitions(topic: Topic, consumer: Consumer) -> list[int]:
    try:
        found = consumer.list_topics(topic.name, timeout=_ANSWER_SECONDS).topics[topic.name]
    except KafkaException as error:
        raise RefusedFileError(
            f"no answer from the brokers of {BROKERS}: {error.args[0].str()}"
        ) from None
    if found.error:
        raise RefusedFileError(f"topic {topic.name}: {found.error.str()}")
    return sorted(found.partitions)


def _bounds(topic: Topic, consumer: Consumer, partition: int) -> tuple[int, int]:
    """The offset of a partition's first message, and that behind its last one."""
    place = TopicPartition(topic.name, partition)
    low, high = consumer.get_watermark_offsets(place, timeout=_ANSWER_SECONDS)
    return low, high


class _Reader:
    """Reads the partitions of a topic, each to where it ends now."""

    def __init__(self, topic: Topic, consumer: Consumer, folder: Path, most: int | None) -> None:
        self._topic = topic
        self._consumer = consumer
        self._folder = folder
        self._most = most
        self._reading = Reading()
        self._decode = _decoder(topic)

    def read(self, starts: Mapping[int, int]) -> Reading:
        partitions = {}
        for number in _partitions(self._topic, self._consumer):
            span = self._span(number, starts.get(number))
            if span.start < span.stop:
                partitions[number] = span
        if not partitions:
            return self._reading
        self._consumer.assign(
            [TopicPartition(self._topic.name, n, span.start) for n, span in partitions.items()]
        )
        writers = {
            number: _Writer(self._folder, self._topic, number, starts.get(number, span.start))
            for number, span in partitions.items()
        }
        try:
            for partition, offset, value in self._messages(partitions):
                writers[partition].write(offset, value)
            for writer in writers.values():
                writer.finish()
        finally:
            for writer in writers.values():
                writer.give_up()
        return self._reading

    def _span(self, partition: int, start: int | None) -> range:
        """The offsets that are to be read of a partition."""
        low, high = _bounds(self._topic, self._consumer, partition)
        where = f"topic {self._topic.name}, partition {partition}"
        if start is None:
            if self._most is not None:
                return range(max(low, high - self._most), high)
            if low:
                self._reading.remarks.append(
                    f"{where} begins at message {low:,}: those before are gone"
                )
            return range(low, high)
        if start > high:
            raise RefusedFileError(
                f"{where} ends at message {high:,}, and {start:,} were read: it was made anew. To "
                f"read it from its start, set generation: {self._topic.generation + 1} of the "
                f"stream in meltano.yml"
            )
        if start < low:
            gone = f"{where}: messages {start:,} to {low - 1:,} are gone before they were read"
            if not self._topic.gaps_allowed:
                raise RefusedFileError(
                    f"{gone}. To go on without them, set gaps: allowed of the stream in "
                    f"meltano.yml; let the topic keep its messages for longer"
                )
            self._reading.remarks.append(gone)
        return range(max(start, low), high)

    def _messages(self, partitions: Mapping[int, range]) -> Iterator[tuple[int, int, bytes | None]]:
        """Partition, offset and value of all messages that are there now.

        Of those that come meanwhile, some.
        """
        open_ones = set(partitions)
        heard = time.monotonic()
        while open_ones:
            for message in self._consumer.consume(_MESSAGES_AT_ONCE, timeout=_WAIT_SECONDS):
                heard = time.monotonic()
                partition, offset = message.partition(), message.offset()
                error = message.error()
                if partition is None or offset is None:
                    raise RefusedFileError(f"topic {self._topic.name}: {error}")
                if error is None:
                    self._reading.add(message)
                    value = message.value()
                    yield partition, offset, value and self._decode(value)
                    if offset < partitions[partition].stop - 1:
                        continue
                elif error.code() != KafkaError._PARTITION_EOF:
                    raise RefusedFileError(f"topic {self._topic.name}: {error.str()}")
                open_ones.discard(partition)
            if time.monotonic() - heard > _SILENCE_SECONDS:
                raise RefusedFileError(
                    f"topic {self._topic.name}: no message for {_SILENCE_SECONDS:.0f} s, though "
                    f"there are more"
                )


class _Writer:
    """Writes the messages of a partition as segments: each is there whole, or not at all."""

    def __init__(self, folder: Path, topic: Topic, partition: int, first: int) -> None:
        self._folder = folder
        self._topic = topic
        self._partition = partition
        self._first = first
        self._last = first
        self._partial = folder / f".{partition:05}.partial"
        self._file: IO[bytes] | None = None

    def write(self, offset: int, value: bytes | None) -> None:
        if self._file is None:
            self._partial.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._partial.open("wb")
        self._file.write(_line(f"{self._topic.generation}-{self._partition}-{offset}", value))
        self._last = offset
        if self._file.tell() >= _SEGMENT_BYTES:
            self.finish()

    def finish(self) -> None:
        """End the segment that is being written, if one is."""
        if self._file is None:
            return
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._file = None
        segment = Segment(self._topic.generation, self._partition, self._first, self._last)
        path = self._folder / segment.name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._partial.replace(path)
        self._first = self._last + 1

    def give_up(self) -> None:
        """Forget what is not finished."""
        if self._file is not None:
            self._file.close()
            self._partial.unlink(missing_ok=True)


def _line(place: str, value: bytes | None) -> bytes:
    """A message as a line of JSON-lines, exactly as it is, with its place as the first member.

    What is no JSON object stays none, and is rejected with its place. A line break within a
    message can stand between its tokens alone.
    """
    text = b"no value" if value is None else value.strip()
    if text.startswith(b"{"):
        rest = text[1:].lstrip()
        comma = b"" if rest.startswith(b"}") else b","
        text = f'{{"{MESSAGE}":"{place}"'.encode() + comma + rest
    else:
        text = f"{MESSAGE} {place}: ".encode() + text
    return text.replace(b"\n", b" ") + b"\n"
