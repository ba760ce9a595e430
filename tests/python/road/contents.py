"""What a warehouse's tables hold, less what tells only when and by which load it came."""

from typing import Any

from support import Warehouse

SCHEMAS = {
    "POSTGRES": ("raw", "staging", "quarantine", "marts", "seeds"),
    "CLICKHOUSE": ("serving",),
    "GREENPLUM": ("archive", "history", "analytics", "bi"),
}

VOLATILE = (
    "_load_id",
    "_told_load_id",
    "_named_load_id",
    "_loaded_at",
    "_changed_at",
    "_made_of",
    "_refreshed_at",
    "archived_at",
    "changed_at",
    "loaded_at",
    "load_id",
    "checked_at",
    "refreshed_at",
    # Made of the moment, or numbered in the order in which tables happened to enter the archive.
    "superseded_at",
    "known_from",
    "known_to",
    "entry",
    "rows_hash",
    "chain_hash",
    "dbt_scd_id",
    "dbt_updated_at",
    "dbt_valid_from",
)

# Of these there is a row for each time that something was done.
HISTORIES = ("serving.agreement",)

COLUMNS = """
    select table_schema, table_name, column_name
    from information_schema.columns
    where
        table_schema in ({schemas})
        and column_name not in ({volatile})
        -- What is on its way to the archive is there only while it is new.
        and table_name not like 'landed\\_%'
        -- Greenplum lists the partitions beside their table.
        and position('_1_prt_' in table_name) = 0
        and data_type not like 'AggregateFunction%'
    order by table_schema, table_name, ordinal_position
"""


def contents(warehouse: Warehouse, *engines: str) -> dict[str, Any]:
    """Return the number of rows and a hash over them, for each table of the engines, or of all."""
    found: dict[str, Any] = {}
    for engine in engines or SCHEMAS:
        for table, columns in _tables(warehouse, engine).items():
            if "._" not in table and table not in HISTORIES:
                found[f"{engine} {table}"] = _ask(
                    warehouse, engine, _summary(engine, table, columns)
                )
    return found


def _tables(warehouse: Warehouse, engine: str) -> dict[str, list[str]]:
    query = COLUMNS.format(schemas=_literals(SCHEMAS[engine]), volatile=_literals(VOLATILE))
    tables: dict[str, list[str]] = {}
    for schema, table, column in _ask(warehouse, engine, query):
        tables.setdefault(f"{schema}.{table}", []).append(column)
    return tables


def _summary(engine: str, table: str, columns: list[str]) -> str:
    names = ", ".join(columns)
    if engine == "CLICKHOUSE":
        return f"select count(), sum(sipHash64(toString(tuple({names})))) from {table}"
    row = f"md5(row({names})::text)"
    return f"select count(*), md5(string_agg({row}, '' order by {row})) from {table}"


def _literals(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _ask(warehouse: Warehouse, engine: str, query: str) -> list[tuple[Any, ...]]:
    if engine == "CLICKHOUSE":
        return [tuple(row) for row in warehouse.clickhouse().query(query).result_rows]
    return warehouse.query(query, engine)
