"""Lines that stand in another file of their stream, where lines have no numbers to tell it by.

An export that grows, under a new name each time, would count its older sales twice, and so would a
year beside its days. To compare a file with all others would cost the more the more there are. So
of every load the log keeps a sketch: hashes of its lines, one in sixteen and the smallest. Files
whose sketches share none have few lines in common (Broder, On the resemblance and containment of
documents, 1997).
"""

from pathlib import Path

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor  # noqa: N812

from warehouse.ingest.errors import RefusedFileError
from warehouse.ingest.raw import load_log
from warehouse.ingest.raw.tables import RawTable
from warehouse.ingest.singer.manifest import SourceFile

# One line in this many is in every sketch, so that a small file is found in a large one; of files
# that have fewer lines the smallest hashes are, too.
_ONE_IN = 16
_SMALLEST = 64
# Of a file's lines, the share that must stand in another file for it to be told.
_MOST = 0.5

_SKETCH = """
    select array_agg(line_hash order by line_hash) from (
        select line_hash, row_number() over (order by line_hash) as place
        from (
            select distinct hashtextextended({line}, 0) as line_hash
            from {table} where _load_id = %(load_id)s
        ) as lines
    ) as hashes
    where place <= {smallest} or line_hash %% {one_in} = 0
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
        group by {line}
    ) as lines
"""


def settle(
    cursor: Cursor, table: RawTable, file: SourceFile, load_id: int, rows: int
) -> tuple[list[int], list[int]]:
    """Look whether a file that was just copied and another one have most lines of one in common.

    Returns:
        The sketch of the file, and the loads whose place it takes: those of files that are gone,
        and of which it has all lines.

    Raises:
        RefusedFileError: Another file is there still, or has lines that this one lacks.
    """
    columns = sql.SQL(", ").join(map(sql.Identifier, table.declared))
    names = {
        "table": table.identifier,
        # Nulls are left out: a further column changes no line that lacks it.
        "line": sql.SQL("concat_ws(E'\\x1f', {})").format(columns),
        "smallest": sql.Literal(_SMALLEST),
        "one_in": sql.Literal(_ONE_IN),
    }
    values = {"load_id": load_id, "stream": table.name}
    cursor.execute(sql.SQL(_SKETCH).format(**names), values)
    sketch = cursor.fetchall()[0][0] or []
    cursor.execute(_ALIKE, {**values, "sketch": sketch})
    contained = []
    for other_id, other_name, other_rows in cursor.fetchall():
        cursor.execute(sql.SQL(_SHARED).format(**names), {**values, "other_id": other_id})
        shared = cursor.fetchall()[0][0]
        if shared <= _MOST * min(rows, other_rows):
            continue
        is_there = _path(file, other_name).exists()
        if is_there or shared < other_rows:
            raise RefusedFileError(_refusal(table, shared, rows, other_name, other_rows, is_there))
        contained.append(other_id)
    return sketch, contained


def _refusal(
    table: RawTable, shared: int, rows: int, other_name: str, other_rows: int, is_there: bool
) -> str:
    if is_there:
        remedy = "take that file away if this one takes its place"
    else:
        remedy = (
            f"that file is gone, and this one lacks {other_rows - shared:,} of its lines: put it "
            f"back, or a file that has them"
        )
    return (
        f"{shared:,} of its {rows:,} lines stand in {other_name}, and would count twice: {remedy}, "
        f"or, if these are sales of their own, add overlap: allowed to {table.name} in meltano.yml"
    )


def keep(cursor: Cursor, load_id: int, sketch: list[int]) -> None:
    """Keep the sketch of a load in the log."""
    cursor.execute(load_log.KEEP_SKETCH, {"load_id": load_id, "sketch": sketch})


def _path(file: SourceFile, other_name: str) -> Path:
    """Where another file of the same source would lie."""
    _, _, relative = file.name.partition("/")
    _, _, other = other_name.partition("/")
    return Path(str(file.path).removesuffix(relative)) / other
