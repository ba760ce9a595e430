"""The page of the lineage: one file of HTML, with all that it shows in it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import jinja2

from warehouse.lineage.graph import Lineage
from warehouse.lineage.sql import Origin, Place
from warehouse.lineage.state import State
from warehouse.lineage.tables import Table
from warehouse.project import ENGINES, LIES_ON

Json = Mapping[str, Any]


def rendered(lineage: Lineage, manifest: Json, catalog: Json, states: Mapping[str, State]) -> str:
    """The page.

    Args:
        lineage: The graph of the columns.
        manifest: dbt's, which says how engines are drawn.
        catalog: dbt's, with the number of rows.
        states: How it stands with each table, by dbt's unique id.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("warehouse.lineage", "."), autoescape=True
    )
    data = json.dumps(_data(lineage, manifest, catalog, states), separators=(",", ":"))
    # What would end the script that it stands in.
    return environment.get_template("page.html.j2").render(data=data.replace("<", "\\u003c"))


def _data(
    lineage: Lineage, manifest: Json, catalog: Json, states: Mapping[str, State]
) -> dict[str, Any]:
    places = [table.place(name) for table in lineage.tables.values() for name in table.columns]
    numbers = {place: number for number, place in enumerate(places)}
    order = {key: number for number, key in enumerate(lineage.tables)}
    rows = {
        unique_id: entry["stats"]["row_count"]["value"]
        for kind in ("nodes", "sources")
        for unique_id, entry in catalog[kind].items()
    }
    gaps: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for gap in lineage.gaps:
        gaps.setdefault(gap.table, []).append({"column": gap.column, "why": gap.why})
    return {
        "generated": datetime.now(UTC).isoformat(timespec="seconds"),
        "engines": {
            engine: {"name": name, "colour": _colour(manifest, engine)}
            for engine, name in ENGINES.items()
        },
        "tables": [
            {
                **_table(
                    table, states.get(table.unique_id or "", State()), rows.get(table.unique_id)
                ),
                "gaps": gaps.get(key, []),
            }
            for key, table in lineage.tables.items()
        ],
        "columns": [
            _column(
                lineage.tables[place[:2]], place, lineage.made.get(place, Origin()), numbers, order
            )
            for place in places
        ],
    }


def _column(
    table: Table,
    place: Place,
    origin: Origin,
    numbers: Mapping[Place, int],
    order: Mapping[tuple[str, str], int],
) -> dict[str, Any]:
    column = table.columns[place[2]]
    return {
        "name": place[2],
        "type": column.type,
        "description": column.description,
        "from": sorted(numbers[each] for each in origin.places),
        "counts": sorted(order[each] for each in origin.counted),
        "steps": origin.steps,
    }


def _colour(manifest: Json, engine: str) -> str:
    """As dbt's own graph draws it."""
    colours = (
        node["docs"]["node_color"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and LIES_ON[node["schema"]] == engine
    )
    return next((colour for colour in colours if colour), "#888888")


def _table(table: Table, state: State, rows: int | None) -> dict[str, Any]:
    return {
        "schema": table.schema,
        "name": table.name,
        "kind": table.kind,
        "description": table.description,
        "engine": table.engine,
        "lies": LIES_ON.get(table.schema),
        "materialized": table.materialized,
        "id": table.unique_id,
        "size": len(table.columns),
        "rows": rows,
        "built": state.built,
        "fresh": state.fresh,
        "tests": state.tests,
    }
