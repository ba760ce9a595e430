"""What the loads brought, from the database's own account of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from warehouse import project, queries
from warehouse.errors import UserError

if TYPE_CHECKING:
    from warehouse.runs.record import Run

_LOADED = """
    select
        count(*) filter (where status = 'loaded') as files,
        coalesce(sum(lines_read) filter (where status = 'loaded'), 0)::bigint as lines,
        coalesce(sum(rows_rejected) filter (where status = 'loaded'), 0)::bigint as rejected,
        coalesce(array_agg(source_file order by source_file) filter (where status = 'failed'), '{}')
            as refused
    from raw._loads where load_id > %s
"""

# What holds the lines of all loads that were taken.
_STAR = tuple(f"marts.{table}" for table in project.STAR.values())

_THERE = "select name from unnest(%s) as name where to_regclass(name) is not null"

_QUARANTINED_OF = "(select count(*) from quarantine.qrn_{} where _load_id > %(taken)s)"
_QUARANTINED = f"select {' + '.join(map(_QUARANTINED_OF.format, project.STAR))}"


@contextmanager
def recorded(run: "Run") -> Iterator[None]:
    """Note of the load in the block what it brings: files, lines, rejected lines, refused files."""
    before = _number("select max(load_id) from raw._loads", "raw._loads")
    with run.step("load") as step:
        try:
            yield
        finally:
            step.load = _after(before)


def _after(load: int) -> dict[str, Any] | None:
    try:
        if queries.has_table("raw._loads", "postgres"):
            names, [row] = queries.on_postgres(_LOADED, parameters=(load,))
            return dict(zip(names, row, strict=True))
    except UserError:
        pass
    return None


def taken() -> int:
    """The last load whose lines the star holds; 0 where there is no star."""
    try:
        with queries.connected() as connection, connection.cursor() as cursor:
            cursor.execute(_THERE, (list(_STAR),))
            loads = [f"select max(_load_id) as load from {table}" for (table,) in cursor]  # noqa: S608
            if not loads:
                return 0
            cursor.execute(f"select max(load) from ({' union all '.join(loads)}) as loads")  # noqa: S608
            [(found,)] = cursor.fetchall()
    except UserError:
        return 0
    return found or 0


def quarantined_after(load: int) -> int | None:
    """How many lines of later loads are in quarantine; None where that cannot be told."""
    try:
        return int(queries.on_postgres(_QUARANTINED, parameters={"taken": load})[1][0][0])
    except UserError:
        return None


def _number(query: str, table: str) -> int:
    try:
        if queries.has_table(table, "postgres"):
            return int(queries.on_postgres(query)[1][0][0] or 0)
    except UserError:
        pass
    return 0
