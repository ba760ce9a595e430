"""All columns as one graph, from the files over the three engines to the charts, with its gaps."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlglot.schema import MappingSchema

from warehouse.lineage import tables
from warehouse.lineage.charts import charts
from warehouse.lineage.sql import DIALECTS, Origin, Place, Query, UnreadableError
from warehouse.lineage.tables import Table
from warehouse.project import ENGINES

# How dbt's own materializations make a table: they write what the query makes, and nothing else.
_OF_THE_QUERY_ALONE = ("table", "view", "incremental", "distributed_table")


@dataclass(frozen=True)
class Gap:
    """What the lineage does not know.

    Attributes:
        table: Schema and name.
        column: None for all of the table.
        why: A line for people.
    """

    table: tuple[str, str]
    column: str | None
    why: str


@dataclass
class Lineage:
    """The graph.

    Attributes:
        tables: What has columns, by schema and name.
        made: Of what each column is made.
        gaps: What is not known.
    """

    tables: dict[tuple[str, str], Table]
    made: dict[Place, Origin] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)

    def __str__(self) -> str:
        """The size of it, for people."""
        unknown = f"{len(self.gaps)} gaps, listed there" if self.gaps else "none unknown"
        return f"{len(self.made):,} columns followed ({unknown})"

    def upstream(self, place: Place) -> set[Place]:
        """All columns that a column's values come from, near and far."""
        return _reached(place, {name: origin.places for name, origin in self.made.items()})

    def downstream(self, place: Place) -> set[Place]:
        """All columns whose values come from a column, near and far."""
        read_by: dict[Place, set[Place]] = {}
        for name, origin in self.made.items():
            for parent in origin.places:
                read_by.setdefault(parent, set()).add(name)
        return _reached(place, read_by)


def _reached(start: Place, next_to: Mapping[Place, frozenset[Place] | set[Place]]) -> set[Place]:
    found: set[Place] = set()
    waiting = [start]
    while waiting:
        for each in next_to.get(waiting.pop(), ()):
            if each not in found:
                found.add(each)
                waiting.append(each)
    return found - {start}


def followed(manifest: Mapping[str, Any], catalog: Mapping[str, Any]) -> Lineage:
    """Follow every column.

    Args:
        manifest: dbt's of the project, each node as the engine has it that builds it.
        catalog: dbt's of what the engines hold.
    """
    found = {table.key: table for table in tables.described(manifest, catalog)}
    schemas = {engine: _schema(found, engine) for engine in ENGINES}
    found |= {table.key: table for table in [*tables.files(found), *charts(schemas)]}
    lineage = Lineage(found)
    for table in found.values():
        for column, origin in _made(table, schemas, lineage.gaps):
            lineage.made[table.place(column)] = _known(origin, table, column, lineage)
    return lineage


def _schema(known: Mapping[tuple[str, str], Table], engine: str) -> MappingSchema:
    schema = MappingSchema(dialect=DIALECTS[engine])
    for table in known.values():
        types = {name: column.type or "text" for name, column in table.columns.items()}
        schema.add_table(f'"{table.schema}"."{table.name}"', types, match_depth=False)
    return schema


def _made(
    table: Table, schemas: Mapping[str, MappingSchema], gaps: list[Gap]
) -> Iterator[tuple[str, Origin]]:
    if table.kind not in ("model", "snapshot"):
        for column in table.columns:
            yield column, table.declared.get(column, Origin())
        return
    try:
        if not table.sql or not table.engine:
            raise UnreadableError("dbt has not compiled it: 'make run' builds what it reads")
        query = Query.read(table.sql, table.engine, schemas[table.engine])
        if query.is_empty and table.materialized != "view":
            raise UnreadableError("its query makes the table alone, and macros write its rows")
    except UnreadableError as error:
        gaps.append(Gap(table.key, None, str(error)))
        return
    made = set(query.columns)
    for column in table.columns:
        if column in made:
            yield column, query.origin(column)
        elif table.materialized in _OF_THE_QUERY_ALONE:
            gaps.append(Gap(table.key, column, "it is in the table, and not in the query"))
        else:
            step = (column, f"written by the materialization {table.materialized}")
            yield column, Origin(steps=(step,))


def _known(origin: Origin, table: Table, column: str, lineage: Lineage) -> Origin:
    """What of an origin there is; the rest is a gap."""
    places = set()
    for place in origin.places:
        source = lineage.tables.get(place[:2])
        if source is table:
            # A row as it was before tells nothing of where it came from.
            continue
        if source and place[2] in source.columns:
            places.add(place)
        else:
            why = f"it reads {'.'.join(place)}, which nothing describes"
            lineage.gaps.append(Gap(table.key, column, why))
    if origin.unknown:
        why = f"the parser cannot place {', '.join(sorted(origin.unknown))}"
        lineage.gaps.append(Gap(table.key, column, why))
    counted = origin.counted & lineage.tables.keys()
    return Origin(frozenset(places), origin.steps, counted=counted - {table.key})
