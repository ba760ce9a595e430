"""How often an archive reads its sales does not grow with its months.

Nothing is timed: the stand-in's PostgreSQL counts the rows that it read.
"""

from support import Warehouse

# The transaction that adds, the questions over years and the tests each read them once or twice.
MOST_READINGS = 30


def test_an_archive_of_many_months_reads_its_sales_a_few_times(star: Warehouse) -> None:
    for schema in ("archive", "landing", "history", "analytics", "bi"):
        star.query(f"drop schema if exists {schema} cascade", "GREENPLUM")
    star.run("warehouse", "build")
    star.query("select pg_stat_reset()", "GREENPLUM")
    star.run("warehouse", "archive")
    [[months]] = star.query(
        "select count(distinct sale_month)::int from archive.historical_sales", "GREENPLUM"
    )
    [[readings]] = star.query(
        "select (seq_tup_read / n_live_tup)::int from pg_stat_user_tables "
        "where (schemaname, relname) = ('archive', 'historical_sales')",
        "GREENPLUM",
    )
    assert months > MOST_READINGS > readings
