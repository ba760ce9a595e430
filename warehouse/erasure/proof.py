"""Searches all that the warehouse holds on the three engines for a customer."""

import itertools
import re
from dataclasses import dataclass
from typing import Any

import clickhouse_connect
from psycopg2 import sql

from warehouse import project, queries, settings
from warehouse.erasure.customer import Customer

# The warehouse's own schemas, whichever engine has them. What else a server holds is not ours.
SCHEMAS = (*itertools.chain(*project.SCHEMAS.values()), "test_failures")

# Numbers of other things, and amounts as text. Where customers have bare numbers, one of these may
# by chance be the same.
OTHER_NUMBERS = (
    *("sale_id", "order_id", "product_id", "store_id", "invoice_no", "stock_code"),
    *("quantity", "unit_price", "price", "age"),
)


@dataclass(frozen=True)
class Finding:
    """Rows of a table that name a customer."""

    engine: str
    table: str
    rows: int

    def __str__(self) -> str:
        """For messages."""
        return f"{self.engine} {self.table} ({self.rows:,} rows)"


def search(customer: Customer) -> list[Finding]:
    """Search every table's text for the customer's number, and its keys for the customer's.

    Views hold nothing of their own and are left out.
    """
    return [
        *_search_postgres("PostgreSQL", "postgres", customer),
        *_search_clickhouse(customer),
        *_search_postgres("Greenplum", "greenplum", customer),
    ]


def _pattern(customer: Customer) -> str:
    """The number as a word of its own: C1, and not the one within C12."""
    number = re.escape(customer.customer_id)
    return rf"(^|[^0-9A-Za-z]){number}([^0-9A-Za-z]|$)"


# By whether letter case makes no difference. The plain comparison first: it spares nearly all rows
# the slow one.
_MENTIONS = {
    True: "strpos(upper({0}::text), %(number)s) > 0 and {0}::text ~* %(pattern)s",
    False: "strpos({0}::text, %(number)s) > 0 and {0}::text ~ %(pattern)s",
}

_COLUMNS = """
    select table_schema, table_name, column_name, data_type = 'uuid'
    from information_schema.columns
    join information_schema.tables using (table_catalog, table_schema, table_name)
    where
        table_type = 'BASE TABLE'
        and table_schema = any(%s)
        and column_name <> all(%s)
        and data_type in ('text', 'character varying', 'character', 'json', 'jsonb', 'uuid')
    order by 1, 2, ordinal_position
"""


def _search_postgres(name: str, engine: str, customer: Customer) -> list[Finding]:
    with queries.connected(engine) as connection, connection.cursor() as cursor:
        cursor.execute(_COLUMNS, (list(SCHEMAS), list(OTHER_NUMBERS)))
        tables: dict[tuple[str, str], list[sql.Composable]] = {}
        for schema, table, column, is_key in cursor.fetchall():
            condition = "{0} = %(key)s::uuid" if is_key else _MENTIONS[customer.is_in_any_case]
            tables.setdefault((schema, table), []).append(
                sql.SQL(condition).format(sql.Identifier(column))
            )
        findings = []
        for place, conditions in tables.items():
            cursor.execute(
                sql.SQL("select count(*) from {} where {}").format(
                    sql.Identifier(*place), sql.SQL(" or ").join(conditions)
                ),
                {
                    "key": str(customer.key),
                    "number": customer.customer_id,
                    "pattern": _pattern(customer),
                },
            )
            if rows := cursor.fetchall()[0][0]:
                findings.append(Finding(name, ".".join(place), rows))
        return findings


def _search_clickhouse(customer: Customer) -> list[Finding]:
    client = clickhouse_connect.get_client(**settings.clickhouse().connection)
    try:
        values: dict[str, Any] = {"schemas": list(SCHEMAS), "others": list(OTHER_NUMBERS)}
        columns = client.query(
            "select database, table, name, type like '%%UUID%%' from system.columns "
            "where database in %(schemas)s and name not in %(others)s "
            "and (type like '%%String%%' or type like '%%UUID%%') "
            "and (database, table) in ("
            "  select database, name from system.tables where engine like '%%MergeTree'"
            ") order by database, table, position",
            values,
        ).result_rows
        position = "positionCaseInsensitive" if customer.is_in_any_case else "position"
        tables: dict[str, list[str]] = {}
        for database, table, column, is_key in columns:
            condition = (
                f"toString(`{column}`) = %(key)s"
                if is_key
                else f"{position}(toString(`{column}`), %(number)s) > 0 "
                f"and match(toString(`{column}`), %(pattern)s)"
            )
            tables.setdefault(f"`{database}`.`{table}`", []).append(condition)
        findings = []
        for name, conditions in tables.items():
            rows = client.query(
                f"select count() from {name} where {' or '.join(conditions)}",  # noqa: S608 (names from the catalogue)
                {
                    "key": str(customer.key),
                    "number": customer.customer_id,
                    "pattern": f"{'(?i)' if customer.is_in_any_case else ''}{_pattern(customer)}",
                },
            ).result_rows[0][0]
            if rows:
                findings.append(Finding("ClickHouse", name.replace("`", ""), rows))
        return findings
    finally:
        client.close()
