"""The landing tables on Greenplum, there and empty before ClickHouse hands over.

A hand-over adds rows to a table that is there (warehouse/archive/handing_over.py). Its columns are
those that YAML declares. That it is emptied saves space alone: the last hand-over counts
(macros/archive/hand_over.sql).
"""

from typing import Any

from psycopg2 import sql

from warehouse import project, queries

SALES = ("landing_months", "landing_sales")
DIMENSIONS = tuple(f"landing_{dimension}s" for dimension in project.DIMENSIONS)

_COLUMNS = """
    select attname::text from pg_catalog.pg_attribute
    where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped order by attnum
"""


def prepare(*models: str) -> None:
    """Empty the tables of landing models, or make them, in one transaction: a reader waits.

    Raises:
        UserError: Greenplum, or its stand-in, does not answer or refuses.
    """
    with queries.connected("greenplum") as connection, connection, connection.cursor() as cursor:
        cursor.execute("select nspname::text from pg_catalog.pg_namespace")
        there = {name for (name,) in cursor.fetchall()}
        # ClickHouse shows the archive as a database, also while there is nothing in it.
        for schema in {"landing", "archive"} - there:
            cursor.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
        on_greenplum = _is_greenplum(cursor)
        for model in models:
            _empty(cursor, model, on_greenplum)


def _is_greenplum(cursor: Any) -> bool:
    cursor.execute("select 1 from pg_catalog.pg_class where relname = 'gp_distribution_policy'")
    return cursor.fetchone() is not None


def _empty(cursor: Any, model: str, on_greenplum: bool) -> None:
    table, declared = sql.Identifier("landing", model), project.columns(model)
    cursor.execute(_COLUMNS, (f"landing.{model}",))
    if [name for (name,) in cursor.fetchall()] == list(declared):
        cursor.execute(sql.SQL("truncate {}").format(table))
        return
    # The views on it are made anew by the archive that follows.
    cursor.execute(sql.SQL("drop table if exists {} cascade").format(table))
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(column["data_type"]))
        for name, column in declared.items()
    )
    create = sql.SQL("create table {} ({})").format(table, columns)
    if on_greenplum:
        key = sql.Identifier(project.meta(model)["distributed_by"])
        create += sql.SQL(" distributed by ({})").format(key)
    cursor.execute(create)
