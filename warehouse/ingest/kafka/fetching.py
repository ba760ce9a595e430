"""What is new in a topic since its last load, as segments in a stream's folder."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.ingest.kafka import segments
from warehouse.ingest.kafka.reading import Reading, read
from warehouse.ingest.kafka.topic import Topic, connection
from warehouse.ingest.raw.tables import RawTable
from warehouse.ingest.singer.session import session

_LOCK = ".reading.lock"


def fetch(topic: Topic, table: RawTable, folder: Path) -> Reading:
    """Write what is new in a topic as segments.

    Args:
        topic: The topic.
        table: The raw table that holds what is loaded of it.
        folder: That of the stream.

    Raises:
        RefusedFileError: As of `read`.
    """
    with _alone_in(folder):
        with session() as database, database.cursor() as cursor:
            # A table that somebody has emptied is filled again from the topic's beginning.
            table.ensure(cursor)
            next_offsets = segments.next_offsets(cursor, table.name, topic)
        return read(topic, connection(), folder, next_offsets)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Wait until no other process writes segments here: two would write the same."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
