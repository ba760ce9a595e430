"""What has columns: tables and views of the engines, and the files behind them."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from warehouse import environment, project
from warehouse.ingest import sources
from warehouse.ingest.files.names import column_name
from warehouse.lineage.sql import Origin, Place

Json = Mapping[str, Any]

# In the place of a schema: what lies on no engine.
FILES = "files"
DASHBOARDS = "dashboards"

_MODELLED = ("model", "snapshot")


@dataclass(frozen=True)
class Column:
    """A column, or a measure of a chart."""

    description: str = ""
    type: str = ""


@dataclass
class Table:
    """Something with columns.

    Attributes:
        schema: Where it lies; FILES and DASHBOARDS lie on no engine.
        name: Its name there.
        kind: What it is: model, snapshot, seed, source, file or chart.
        description: What is said of it.
        columns: By name.
        engine: The dbt target that builds it; None for what no engine does.
        unique_id: dbt's, if it is a node.
        materialized: How dbt builds it.
        sql: The query that makes it, compiled.
        declared: Of what its columns are made, where no query says it.
    """

    schema: str
    name: str
    kind: str
    description: str
    columns: Mapping[str, Column]
    engine: str | None = None
    unique_id: str | None = None
    materialized: str = ""
    sql: str | None = None
    declared: dict[str, Origin] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        """What it is told apart by."""
        return self.schema, self.name

    def place(self, column: str) -> Place:
        """A column of it."""
        return self.schema, self.name, column


def described(manifest: Json, catalog: Json) -> Iterator[Table]:
    """What dbt knows of the engines, with the files that tables come from.

    Args:
        manifest: dbt's, each node as the engine has it that builds it.
        catalog: dbt's, of what the engines hold.
    """
    for kind in ("sources", "nodes"):
        for unique_id, node in manifest[kind].items():
            if node["resource_type"] not in (*_MODELLED, "seed", "source"):
                continue
            columns = _columns(node["columns"], catalog[kind].get(unique_id, {}).get("columns"))
            yield Table(
                schema=node["schema"],
                name=node.get("identifier") or node["alias"],
                kind=node["resource_type"],
                description=node["description"],
                columns=columns,
                engine=built_on(node),
                unique_id=unique_id,
                materialized=node["config"].get("materialized", ""),
                sql=node.get("compiled_code") if node["resource_type"] in _MODELLED else None,
            )


def built_on(node: Json) -> str:
    """The engine that builds a node of dbt's."""
    tags = [project.BUILT_ON[tag] for tag in node["tags"] if tag in project.BUILT_ON]
    return tags[0] if tags else project.LIES_ON[node["schema"]]


def _columns(said: Json, held: Json | None) -> dict[str, Column]:
    """The columns that a table has, or, where it is not there yet, those that are described."""
    return {
        name: Column(
            description=said.get(name, {}).get("description", ""),
            type=(held or {}).get(name, {}).get("type")
            or said.get(name, {}).get("data_type")
            or "",
        )
        for name in held or said
    }


def files(tables: Mapping[tuple[str, str], Table]) -> Iterator[Table]:
    """The files that are loaded, as meltano.yml and the seeds declare them.

    What they become says at once of what it is made.

    Args:
        tables: What dbt knows, by key.
    """
    for source in sources.declared():
        for stream in source.streams:
            named = {name: column_name(name) for name in (*stream.columns, *stream.optional)}
            place = stream.api.url if stream.api else f"{source.name}/{stream.files}"
            title = f"Files of the source system {source.name}: {stream.content.rows}."
            yield from _file(place, title, named, tables.get(("raw", stream.name)))
    for table in list(tables.values()):
        if table.kind == "seed":
            path = environment.ROOT / "seeds" / f"{table.name}.csv"
            with path.open(encoding="utf-8", newline="") as lines:
                header = next(csv.reader(lines))
            title = "A file of the project, for the user's own rows."
            yield from _file(f"seeds/{path.name}", title, {name: name for name in header}, table)


def _file(
    place: str, title: str, named: Mapping[str, str], loaded_as: Table | None
) -> Iterator[Table]:
    if loaded_as is None:
        return
    for name, column in named.items():
        loaded_as.declared[column] = Origin(frozenset({(FILES, place, name)}))
    columns = {
        name: Column(loaded_as.columns[column].description if column in loaded_as.columns else "")
        for name, column in named.items()
    }
    yield Table(FILES, place, "file", title, columns)
