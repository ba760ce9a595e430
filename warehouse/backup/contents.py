"""The rows of all tables of the three engines, by number and hash: two warehouses are compared."""

from typing import Any

import clickhouse_connect

from warehouse import queries, settings
from warehouse.backup import servers, serving
from warehouse.backup.servers import ENGINES, NAMES

# The mark of a complete run names the engines' addresses (warehouse/road/completion.py).
_LEFT_OUT = "_completed_run"

Contents = dict[str, tuple[Any, ...]]

_RELATIONS = """
    select nspname::text, relname::text, relkind::text
    from pg_catalog.pg_class
    inner join pg_catalog.pg_namespace on pg_namespace.oid = relnamespace
    where
        nspname = any(%s)
        and relkind in ('r', 'p', 'v', 'm')
        -- What is in a partition is in its table.
        and not exists (select 1 from pg_catalog.pg_inherits where inhrelid = pg_class.oid)
    order by 1, 2
"""
# In any order of the rows, as on no engine they have one.
_ROWS = """
    select count(*), sum(('x' || substr(md5(t::text), 1, 15))::bit(60)::bigint) from "{}"."{}" as t
"""
_VIEW = """select md5(pg_get_viewdef('"{}"."{}"'::regclass))"""

_TABLES = """
    select database, name from system.tables
    where database in {databases:Array(String)} and engine like '%MergeTree' order by 1, 2
"""

_CLICKHOUSE_ROWS = "select count(), sum(sipHash64(toString(tuple(*)))) from `{}`.`{}`"


def contents() -> Contents:
    """What each table of the three engines holds; of a view, how it is made."""
    found: Contents = {}
    for engine in ENGINES:
        found |= _on_postgres(engine)
    return found | (_on_clickhouse() if serving.is_embedded() else {})


def _on_postgres(engine: str) -> Contents:
    found: Contents = {}
    schemas = servers.meet(engine).schemas()
    with queries.connected(engine) as connection, connection.cursor() as cursor:
        # As text, values depend on the session.
        cursor.execute("set timezone = 'UTC'; set extra_float_digits = 3")
        cursor.execute(_RELATIONS, (schemas,))
        for schema, name, kind in cursor.fetchall():
            if name != _LEFT_OUT:
                query = _VIEW if kind == "v" else _ROWS
                cursor.execute(query.format(schema, name))
                found[f"{NAMES[engine]} {schema}.{name}"] = cursor.fetchall()[0]
    return found


def _on_clickhouse() -> Contents:
    found: Contents = {}
    with clickhouse_connect.get_client(**settings.clickhouse().connection) as client:
        tables = client.query(_TABLES, {"databases": serving.databases()}).result_rows
        for database, name in tables:
            if name != _LEFT_OUT:
                rows = _CLICKHOUSE_ROWS.format(database, name)
                found[f"ClickHouse {database}.{name}"] = tuple(client.query(rows).result_rows[0])
    return found
