"""How long the three reports take on ClickHouse and on PostgreSQL's star, on the warehouse at hand.

    make run && .venv/bin/python -m benchmarks.reports --runs 50

Each report is asked in turn of both engines, over one connection each, results read to the end.
Rows and bytes read are those that ClickHouse itself reports.
"""

import statistics
import time
from collections.abc import Callable

import click
import clickhouse_connect
import psycopg2

from warehouse import environment, settings, terminal

_STAR = """
    from marts.fct_sales
    join marts.dim_product using (product_key)
    join marts.dim_customer using (customer_key)
    join marts.dim_date on fct_sales.sale_date = dim_date.date_day
"""

# The same question to the summaries, to the wide table and to the star.
_REPORTS = {
    "revenue by category": (
        "select category, sum(net_revenue), sum(sale_lines) from serving.summary_sales group by 1",
        "select category, sum(amount), count() from serving.hot_sales group by 1",
        f"select category, sum(amount), count(*) {_STAR} group by 1",
    ),
    "purchases by demographics": (
        "select age_group, gender, sum(customers), sum(net_revenue) "
        "from serving.demographic_purchases group by 1, 2",
        "select age_group, gender, uniqExact(customer_key), sum(amount) from serving.hot_sales "
        "group by 1, 2",
        f"select age_group, gender, count(distinct fct_sales.customer_key), sum(amount) {_STAR} "
        "group by 1, 2",
    ),
    "sales by month": (
        "select month_start, sum(net_revenue), sum(sale_lines) from serving.summary_sales "
        "group by 1",
        "select toStartOfMonth(sale_date) as month, sum(amount), count() from serving.hot_sales "
        "group by month",
        f"select month_start, sum(amount), count(*) {_STAR} group by 1",
    ),
}


def _times(ask: Callable[[], object], runs: int) -> tuple[str, str]:
    """The median and the 99th percentile, in milliseconds."""
    milliseconds = []
    for _ in range(runs):
        started = time.perf_counter()
        ask()
        milliseconds.append(1000 * (time.perf_counter() - started))
    ordered = sorted(milliseconds)
    return f"{statistics.median(ordered):.1f}", f"{ordered[int(0.99 * (runs - 1))]:.1f}"


@click.command()
@click.option("--runs", default=50, show_default=True, help="Times that ClickHouse is asked.")
@click.option("--star-runs", default=5, show_default=True, help="Times that PostgreSQL is asked.")
def main(runs: int, star_runs: int) -> None:
    """Print the table."""
    environment.load()
    clickhouse = clickhouse_connect.get_client(**settings.clickhouse().connection)
    postgres = psycopg2.connect(**settings.postgres().connection)
    postgres.autocommit = True

    def ask_star(query: str) -> None:
        with postgres.cursor() as cursor:
            cursor.execute(query)
            cursor.fetchall()

    table = []
    for name, (summary, wide, star) in _REPORTS.items():
        for place, query in (("summary", summary), ("hot_sales", wide)):
            read = clickhouse.query(query).summary
            times = _times(lambda query=query: clickhouse.query(query), runs)  # type: ignore[misc]
            rows = f"{int(read.get('read_rows', 0)):,}"
            size = terminal.size(int(read.get("read_bytes", 0)))
            table.append((name, f"ClickHouse {place}", *times, rows, size))
        times = _times(lambda star=star: ask_star(star), star_runs)  # type: ignore[misc]
        table.append((name, "PostgreSQL star", *times, "", ""))
    header = ("report", "asked", "p50, ms", "p99, ms", "rows read", "bytes read")
    terminal.table(header, table, numeric=range(2, 6))


if __name__ == "__main__":
    main()
