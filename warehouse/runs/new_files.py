"""Which files lie there that no load has seen as they are now."""

import os
from dataclasses import dataclass

from warehouse import queries
from warehouse.errors import UserError
from warehouse.ingest.sources import active_names, declared

_SEEN = """
    select source_file, size_bytes, extract(epoch from max(finished_at))
    from raw._loads group by source_file, size_bytes
"""


@dataclass(frozen=True)
class NewFile:
    """A file that no load has seen.

    Attributes:
        name: Its name in the load log.
        size: Bytes.
        changed_at: When it was changed last, in seconds since 1970.
    """

    name: str
    size: int
    changed_at: float


def new_files() -> list[NewFile]:
    """Return the files of the active sources that were not loaded, nor refused, as they lie there.

    A file whose size and time have not changed since its last load is taken for the same; the load
    itself goes by checksums.

    Raises:
        UserError: PostgreSQL does not answer.
    """
    seen: dict[tuple[str, int], float] = {}
    if queries.has_table("raw._loads", "postgres"):
        for name, size, at in queries.on_postgres(_SEEN)[1]:
            seen[name, size] = float(at)
    found = []
    active = active_names()
    for source in declared():
        if source.name not in active:
            continue
        for stream in source.streams:
            for path in () if stream.api or stream.topic else stream.paths():
                name, stat = source.file_name(stream, path), path.stat()
                if seen.get((name, stat.st_size), 0.0) < stat.st_mtime:
                    found.append(NewFile(name, stat.st_size, stat.st_mtime))
    return found


def settle_seconds() -> float:
    """For how long a file must not have changed before it is loaded.

    Raises:
        UserError: The setting is none.
    """
    text = os.environ.get("WAREHOUSE_SETTLE_SECONDS", "60")
    if not text.isdecimal():
        raise UserError(f"WAREHOUSE_SETTLE_SECONDS is {text!r}: a number of seconds is needed")
    return float(text)
