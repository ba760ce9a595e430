"""Hands rows of ClickHouse over to a table of Greenplum: its TSV is the text that COPY reads.

ClickHouse itself can insert into another engine's table, and takes three times as long: it writes
value by value, with one core.
"""

from collections.abc import Sequence

# So many bytes at a time.
_PART = 1 << 18


def hand_over(query: str, table: tuple[str, str], columns: Sequence[str]) -> int:
    """Add the rows of a query to a table, all of them or none.

    Args:
        query: What ClickHouse is asked.
        table: Where the rows go: schema and name.
        columns: Those of the table, in the order of the query's.

    Returns:
        How many rows there were.

    Raises:
        UserError: ClickHouse or Greenplum does not answer or refuses; nothing was added.
    """
    import clickhouse_connect
    from clickhouse_connect.driver.exceptions import ClickHouseError
    from psycopg2 import sql

    from warehouse import queries, settings

    there = sql.Identifier(*table)
    copy = sql.SQL("copy {} ({}) from stdin").format(
        there, sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    try:
        with (
            queries.connected("greenplum") as connection,
            connection,
            connection.cursor() as cursor,
            clickhouse_connect.get_client(**settings.clickhouse().connection) as client,
            client.raw_stream(query, fmt="TabSeparated") as rows,
        ):
            cursor.copy_expert(copy, rows, size=_PART)
            added = int(cursor.rowcount)
            # What reads them would be planned as if there were a handful.
            cursor.execute(sql.SQL("analyze {}").format(there))
            return added
    except ClickHouseError as error:
        raise queries.not_answered("clickhouse", str(error)) from error
