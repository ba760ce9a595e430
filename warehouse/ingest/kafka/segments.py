"""Segments: the messages of a partition from one offset to another, as a JSON-lines file.

Each begins where the one before it ends. The names of those that are loaded say where a partition
goes on, so that the load log in the database alone decides what comes next.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from psycopg2.extensions import cursor as Cursor  # noqa: N812

from warehouse.ingest.kafka.topic import Topic

_PATTERN = r"(\d+)/(\d+)/(\d+)-(\d+)\.jsonl"
_NAME = re.compile(_PATTERN)


@dataclass(frozen=True, order=True)
class Segment:
    """Some messages of a partition.

    Attributes:
        generation: That of the topic.
        partition: Its number.
        first: The offset behind the segment before; its own first message may be a later one.
        last: Offset of its last message.
    """

    generation: int
    partition: int
    first: int
    last: int

    @property
    def name(self) -> str:
        """Its file below the stream's folder; names sort as the offsets do."""
        return f"{self.generation:03}/{self.partition:05}/{self.first:020}-{self.last:020}.jsonl"

    @classmethod
    def from_name(cls, name: str) -> "Segment | None":
        """Read a name, whatever stands before it; None if it is none of a segment."""
        parts = "/".join(name.split("/")[-3:])
        found = _NAME.fullmatch(parts)
        return cls(*map(int, found.groups())) if found else None


def in_folder(folder: Path, topic: Topic) -> Iterator[Segment]:
    """The segments of a topic that lie in a stream's folder, in their order."""
    for path in sorted(folder.glob(f"{topic.generation:03}/*/*.jsonl")):
        if segment := Segment.from_name(path.as_posix()):
            yield segment


def next_offsets(cursor: Cursor, stream: str, topic: Topic) -> dict[int, int]:
    """Where each partition of a topic goes on, by what is loaded of it.

    Those of which nothing is loaded are not among them.
    """
    # From one partition to the next by the index: there may be millions of segments. Before it had
    # a topic, the stream may have had files.
    cursor.execute(
        """
        with recursive latest as (
            (
                select max(source_file) as source_file from raw._loads
                where
                    stream = %(stream)s and status = 'loaded'
                    and source_file ~ %(segment)s
            )
            union all
            select (
                select max(source_file) from raw._loads
                where
                    stream = %(stream)s and status = 'loaded'
                    and source_file ~ %(segment)s
                    and source_file < regexp_replace(latest.source_file, '[^/]*$', '')
            )
            from latest
            where latest.source_file is not null
        )
        select source_file from latest where source_file is not null
        """,
        {"stream": stream, "segment": f"/{_PATTERN}$"},
    )
    latest = (Segment.from_name(name) for (name,) in cursor.fetchall())
    return {
        segment.partition: segment.last + 1
        for segment in latest
        if segment and segment.generation == topic.generation
    }


def follows(cursor: Cursor, stream: str, name: str) -> bool:
    """Whether a segment is the next one of its partition: another load may have read the same."""
    segment = Segment.from_name(name)
    folder = name.rpartition("/")[0]
    cursor.execute(
        "select max(source_file) from raw._loads where stream = %s and status = 'loaded' "
        "and source_file > %s and source_file < %s",
        (stream, f"{folder}/", f"{folder}/a"),
    )
    ((latest,),) = cursor.fetchall()
    before = Segment.from_name(latest) if latest else None
    return segment is not None and (before is None or segment.first == before.last + 1)
