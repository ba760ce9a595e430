"""The landing tables on Greenplum, made anew and empty before ClickHouse hands over.

ClickHouse can write into a table there but not make one. Their columns are those that
`models/landing/_landing.yml` declares.
"""

from typing import Any

import yaml
from psycopg2 import sql

from warehouse import environment, queries

SALES = ("landing_months", "landing_sales")
DIMENSIONS = ("landing_products", "landing_customers")

_MODELS = environment.ROOT / "models" / "landing" / "_landing.yml"

# What is archived already, so that ClickHouse sends only the months that are missing or changed.
_ARCHIVED_MONTHS = """
    create table landing.archived_months (
        sale_month date not null,
        sale_lines bigint not null,
        amount numeric(38, 4) not null,
        content_hash text not null,
        archived_at timestamp not null
    )
"""
_FILL_ARCHIVED_MONTHS = """
    insert into landing.archived_months
    select distinct on (sale_month)
        sale_month, sale_lines, amount, content_hash, archived_at at time zone 'utc'
    from archive.archive_ledger
    where table_name = 'historical_sales'
    order by sale_month, entry desc
"""


def prepare(*models: str) -> None:
    """Make the tables of landing models anew, in one transaction: a reader finds old or new.

    Raises:
        UserError: Greenplum, or its stand-in, does not answer or refuses.
    """
    described = yaml.safe_load(_MODELS.read_text(encoding="utf-8"))["models"]
    with queries.connected("greenplum") as connection, connection, connection.cursor() as cursor:
        cursor.execute("create schema if not exists landing")
        # ClickHouse shows it as a database, also while there is nothing in it.
        cursor.execute("create schema if not exists archive")
        on_greenplum = _is_greenplum(cursor)
        for model in described:
            if model["name"] in models:
                _make_anew(cursor, model, on_greenplum)
        if "landing_months" in models:
            _note_archived_months(cursor)


def _is_greenplum(cursor: Any) -> bool:
    cursor.execute("select 1 from pg_catalog.pg_class where relname = 'gp_distribution_policy'")
    return cursor.fetchone() is not None


def _make_anew(cursor: Any, model: dict[str, Any], on_greenplum: bool) -> None:
    table = sql.Identifier("landing", model["name"])
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(column["name"]), sql.SQL(column["data_type"]))
        for column in model["columns"]
    )
    create = sql.SQL("create table {} ({})").format(table, columns)
    if on_greenplum:
        key = sql.Identifier(model["config"]["meta"]["distributed_by"])
        create += sql.SQL(" distributed by ({})").format(key)
    cursor.execute(sql.SQL("drop table if exists {}").format(table))
    cursor.execute(create)


def _note_archived_months(cursor: Any) -> None:
    cursor.execute("drop table if exists landing.archived_months")
    cursor.execute(_ARCHIVED_MONTHS)
    cursor.execute("select to_regclass('archive.archive_ledger')")
    if cursor.fetchone() != (None,):
        cursor.execute(_FILL_ARCHIVED_MONTHS)
