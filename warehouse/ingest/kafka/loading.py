"""Loads what is new in topics within this process, again and again.

It is what `meltano run load` does of them, without the seconds that Meltano, tap and target take to
start.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2

from warehouse import queries
from warehouse.errors import UserError
from warehouse.ingest.errors import RefusedFileError
from warehouse.ingest.files.checksums import checksums
from warehouse.ingest.files.names import column_name
from warehouse.ingest.kafka import segments
from warehouse.ingest.kafka.fetching import fetch
from warehouse.ingest.kafka.reading import Reading, messages_left
from warehouse.ingest.kafka.topic import Topic, connection
from warehouse.ingest.raw.crew import Crew
from warehouse.ingest.raw.load import Loader
from warehouse.ingest.raw.plan import Task
from warehouse.ingest.raw.tables import RawTable
from warehouse.ingest.singer.manifest import SourceFile
from warehouse.ingest.singer.session import session
from warehouse.ingest.sources import Source, SourceStream, active_names, declared


@dataclass
class Loaded:
    """What a load of all topics brought.

    Attributes:
        segments: How many were loaded.
        messages: How many there are in them.
        rejected: Those of them that cannot be read.
        oldest: When the oldest message that was read was sent, in seconds since 1970.
        remarks: What the user should know.
        refused: Why a topic, or a part of it, was not loaded: a line each.
    """

    segments: int = 0
    messages: int = 0
    rejected: int = 0
    oldest: float | None = None
    remarks: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def add(self, reading: Reading) -> None:
        """Add what was read of a topic."""
        self.remarks += reading.remarks
        if reading.oldest is not None:
            self.oldest = min(reading.oldest, self.oldest or reading.oldest)


@dataclass(frozen=True)
class TopicStream:
    """A stream of meltano.yml that reads a topic."""

    source: Source
    stream: SourceStream
    topic: Topic

    @property
    def folder(self) -> Path:
        """Where its segments lie."""
        return self.stream.folder / self.stream.name

    @property
    def table(self) -> RawTable:
        """The raw table that it fills."""
        required = tuple(map(column_name, self.stream.columns))
        return RawTable(
            self.stream.name, (*required, *map(column_name, self.stream.optional)), required
        )


def active_topics() -> list[TopicStream]:
    """The streams of the active source systems that read a topic.

    Raises:
        UserError: There is none, or a source system cannot be what was meant.
    """
    active = active_names()
    found = [
        TopicStream(source, stream, stream.topic)
        for source in declared()
        if source.name in active
        for stream in source.streams
        if stream.topic
    ]
    if not found:
        raise UserError(
            f"no active source system ({', '.join(active)}) has a topic in meltano.yml: "
            "'make new-source NAME=… FILES=kafka://…' makes one, WAREHOUSE_SOURCES names it"
        )
    return found


def load(streams: Sequence[TopicStream]) -> Loaded:
    """Load all that is new; one topic that is not to be had keeps no other one out.

    Raises:
        UserError: PostgreSQL does not answer, or a setting is none.
    """
    loaded = Loaded()
    with _sessions():
        crew = Crew(1)
        for each in streams:
            try:
                _load(each, crew, loaded)
            except RefusedFileError as error:
                loaded.refused.append(f"{each.stream.name}: {error}")
            except OSError as error:
                loaded.refused.append(f"{each.folder}: {error.strerror}")
    return loaded


def left(streams: Sequence[TopicStream]) -> int:
    """How many messages the topics have that are not loaded.

    Raises:
        UserError: PostgreSQL does not answer.
        RefusedFileError: A topic is not to be had.
    """
    count = 0
    with queries.connected() as database, database.cursor() as cursor:
        for each in streams:
            next_offsets = segments.next_offsets(cursor, each.stream.name, each.topic)
            count += messages_left(each.topic, connection(), next_offsets)
    return count


def _load(each: TopicStream, crew: Crew, loaded: Loaded) -> None:
    loaded.add(fetch(each.topic, each.table, each.folder))
    paths = each.stream.paths()
    if not paths:
        return
    crew.keep_others_out()
    loader = Loader(each.table, each.stream.content, each.stream.dialect, 0, 0)
    for path in paths:
        name = each.source.file_name(each.stream, path)
        found = checksums(path, each.stream.dialect)
        file = SourceFile(name, path, path.stat().st_size, **found)
        account = crew.load(loader, Task(file), lambda _size, _rows: None).result()
        if account:
            loaded.segments += 1
            loaded.messages += account.read
            loaded.rejected += account.rejected
            loaded.remarks += [f"{each.stream.name} {note}" for note in account.notes]
        path.unlink(missing_ok=True)


@contextmanager
def _sessions() -> Iterator[None]:
    """Sessions with PostgreSQL for one load: while the first one lasts, nobody else can load."""
    try:
        yield
    except psycopg2.Error as error:
        raise queries.not_answered("postgres", str(error)) from error
    finally:
        if session.cache_info().currsize:
            session().close()
            session.cache_clear()
