"""The charts of the dashboards: what each shows is made of columns of the engines' tables."""

from collections.abc import Iterator

import jinja2
from sqlglot.schema import MappingSchema

from warehouse.dashboards import definitions
from warehouse.dashboards.definitions import Definition
from warehouse.lineage.sql import Origin, Query, UnreadableError
from warehouse.lineage.tables import DASHBOARDS, Column, Table

# A dataset that the parser does not understand.
_UNREADABLE = Origin(unknown=frozenset({"what its dataset reads"}))


def charts(schemas: dict[str, MappingSchema]) -> Iterator[Table]:
    """Each chart, with the columns and measures that it shows.

    Args:
        schemas: The tables that datasets read, by engine.
    """
    for name, dashboard in definitions.dashboards().items():
        for chart in definitions.charts(dashboard):
            dataset = definitions.datasets()[chart["dataset"]]
            query = _query(dataset, schemas)
            declared = {
                **{
                    column: query.origin(column) if query else _UNREADABLE
                    for column in definitions.columns_of(chart)
                },
                **{
                    measure: _measured(dataset["metrics"][measure]["expression"], measure, query)
                    for measure in definitions.measures_of(chart)
                },
            }
            yield Table(
                schema=DASHBOARDS,
                name=f"{name}/{chart['name']}",
                kind="chart",
                description=f"A chart of the dashboard “{dashboard['title']}”. "
                + dataset["description"],
                columns={
                    column: Column(dataset["columns"].get(column) or "") for column in declared
                },
                unique_id=f"exposure.warehouse.{name}",
                declared=declared,
            )


def _query(dataset: Definition, schemas: dict[str, MappingSchema]) -> Query | None:
    engine = dataset["database"]
    try:
        # Without a range of days that somebody has chosen.
        sql = jinja2.Template(dataset["sql"]).render()
        return Query.read(sql, engine, schemas[engine])
    except UnreadableError:
        return None


def _measured(expression: str, name: str, query: Query | None) -> Origin:
    try:
        return query.origin_of(expression, name) if query else _UNREADABLE
    except UnreadableError:
        return _UNREADABLE
