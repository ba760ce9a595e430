"""Lines that stand in another file of their stream, where lines have no numbers to tell it by.

An export that grows, under a new name each time, would count its older sales twice. To compare a
file with all others would cost the more the more there are. So of every load the log keeps a
sketch, the smallest hashes of its lines: where more than half of a file's lines stand in another
one, the two sketches share some (Broder, On the resemblance and containment of documents, 1997).
"""

from pathlib import Path

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor  # noqa: N812

from warehouse.ingest import load_log
from warehouse.ingest.errors import RefusedFileError
from warehouse.ingest.manifest import SourceFile
from warehouse.ingest.tables import RawTable

_SKETCH_SIZE = 64
# Of a file's lines, the share that must stand in another file for it to be told.
_MOST = 0.5

_SKETCH = """
    select array_agg(line_hash) from (
        select distinct hashtextextended(row({columns})::text, 0) as line_hash
        from {table} where _load_id = %(load_id)s order by line_hash limit {size}
    ) as smallest
"""

_ALIKE = """
    select load_id, source_file, rows_loaded from raw._loads
    where stream = %(stream)s and status = 'loaded' and sketch && %(sketch)s::bigint[]
    order by load_id
"""

# Lines that are twice in both count twice.
_SHARED = """
    select coalesce(sum(least(ours, theirs)), 0)::bigint
    from (
        select
            count(*) filter (where _load_id = %(load_id)s) as ours,
            count(*) filter (where _load_id = %(other_id)s) as theirs
        from {table} where _load_id in (%(load_id)s, %(other_id)s)
        group by row({columns})::text
    ) as lines
"""


def settle(
    cursor: Cursor, table: RawTable, file: SourceFile, load_id: int, rows: int
) -> tuple[list[int], int | None]:
    """Look whether most lines of a file that was just copied stand in another file.

    Returns:
        The sketch of the file, and the load whose place it takes: that of a file that is gone, and
        of which it has all lines.

    Raises:
        RefusedFileError: The other file is there still.
    """
    names = {
        "table": table.identifier,
        "columns": sql.SQL(", ").join(map(sql.Identifier, table.columns(cursor))),
        "size": sql.Literal(_SKETCH_SIZE),
    }
    values = {"load_id": load_id, "stream": table.name}
    cursor.execute(sql.SQL(_SKETCH).format(**names), values)
    sketch = cursor.fetchall()[0][0] or []
    cursor.execute(_ALIKE, {**values, "sketch": sketch})
    for other_id, other_name, other_rows in cursor.fetchall():
        cursor.execute(sql.SQL(_SHARED).format(**names), {**values, "other_id": other_id})
        shared = cursor.fetchall()[0][0]
        if shared <= _MOST * rows:
            continue
        if shared == other_rows and not _path(file, other_name).exists():
            return sketch, other_id
        raise RefusedFileError(
            f"{shared:,} of its {rows:,} lines stand in {other_name}, and would count twice: take "
            f"that file away if this one takes its place, or, if these are sales of their own, "
            f"add overlap: allowed to {table.name} in meltano.yml"
        )
    return sketch, None


def keep(cursor: Cursor, load_id: int, sketch: list[int]) -> None:
    """Keep the sketch of a load in the log."""
    cursor.execute(load_log.KEEP_SKETCH, {"load_id": load_id, "sketch": sketch})


def _path(file: SourceFile, other_name: str) -> Path:
    """Where another file of the same source would lie."""
    _, _, relative = file.name.partition("/")
    _, _, other = other_name.partition("/")
    return Path(str(file.path).removesuffix(relative)) / other
