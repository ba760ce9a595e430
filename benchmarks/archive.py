"""What archiving, verifying and asking years of sales costs on Greenplum, or on its stand-in.

    .venv/bin/python -m benchmarks.archive --rows 1000000,10000000
    GREENPLUM_HOST=… GREENPLUM_USER=… .venv/bin/python -m benchmarks.archive --save archive.json

A Greenplum that the environment names is used, in a database that is made for the purpose and
dropped in the end; without one it is the stand-in. Everything before Greenplum is in a scratch
folder. Four tables:

- the first archive of so many sales, and its verification, beside a plain COPY of the same rows
  from a file into an empty table with the same columns, partitions and storage;
- the questions over those years, one after the other: how long dbt took to make each table;
- the archive of one more month, when so many months are in it already, and of nothing new;
- dbt's snapshot of customers, of whom one in a hundred has changed.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import click
import psycopg2

from benchmarks import scratch
from benchmarks.scratch import Warehouse
from warehouse import environment, settings, terminal

_UNTESTED = ("--exclude-resource-types", "test", "unit_test")

_LIKE_THE_ARCHIVE = """
    create table public.plain_copy (like archive.historical_sales)
"""
_STORED_LIKE_THE_ARCHIVE = """
    with (appendoptimized = true, orientation = column, blocksize = 32768, compresstype = zstd,
        compresslevel = 4)
    distributed by (buyer_key)
    partition by range (sale_month)
    (start (date '{first}') end (date '{end}') every (interval '1 month'))
"""

_LAND_CUSTOMERS = "from warehouse import environment; from warehouse.archive import landing; environment.load(); landing.prepare('landing_customers')"  # noqa: E501
_CUSTOMERS = """
    insert into landing.landing_customers (
        customer_key, source_system, customer_id, age, age_group, gender, city, region, country
    )
    select
        md5(number::text)::uuid, 'shop', 'C' || number, 30, '25-34', 'Female',
        'City ' || number %% 500, 'Unknown', 'Unknown'
    from generate_series(1, %s) as number
"""
_MOVE_ONE_IN_A_HUNDRED = """
    update landing.landing_customers set city = 'Newtown' where right(customer_id, 2) = '00'
"""

Table = tuple[tuple[str, ...], list[tuple[str, ...]]]


@contextmanager
def _database() -> Iterator[str]:
    """On a Greenplum that the user names, a database for this benchmark alone; its version."""
    environment.load()
    if "GREENPLUM_HOST" not in os.environ or "GREENPLUM_HOST" in environment.filled_in():
        yield "the stand-in"
        return
    name = f"warehouse_benchmark_{os.getpid()}"
    with (
        closing(psycopg2.connect(**settings.greenplum().connection)) as connection,
        connection.cursor() as cursor,
    ):
        connection.autocommit = True
        cursor.execute("select version()")
        ((version,),) = cursor.fetchall()
        cursor.execute(f"create database {name}")
        os.environ["GREENPLUM_DATABASE"] = name
        try:
            yield version.partition("(")[2].partition(" build")[0]
        finally:
            cursor.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s",
                (name,),
            )
            cursor.execute(f"drop database {name}")


def _empty_archive(warehouse: Warehouse) -> None:
    for schema in ("landing", "archive", "history", "analytics", "bi"):
        warehouse.query(f"drop schema if exists {schema} cascade", "GREENPLUM")


def _fill(warehouse: Warehouse, *sample: str) -> None:
    """Make files of a shop, and take them as far as ClickHouse."""
    warehouse.run("warehouse", "sample", *sample, "--to", warehouse.files)
    _take_to_clickhouse(warehouse)


def _take_to_clickhouse(warehouse: Warehouse) -> None:
    warehouse.run("warehouse", "ingest")
    for target in ("postgres", "clickhouse"):
        warehouse.dbt("build", *_UNTESTED, target=target)


def _seconds(warehouse: Warehouse, *command: str) -> float:
    return warehouse.measure(lambda: warehouse.run("warehouse", *command)).seconds


def _seconds_by_node(warehouse: Warehouse, target: str) -> dict[str, float]:
    """How long dbt's last run took for each of its nodes."""
    return {
        node["unique_id"].split(".")[2]: node["execution_time"]
        for node in warehouse.last_run(target).nodes
        if not node["unique_id"].startswith("operation.")
    }


def _of_archive(warehouse: Warehouse) -> dict[str, float]:
    """The same of the last `warehouse archive`."""
    return _seconds_by_node(warehouse, "clickhouse") | _seconds_by_node(warehouse, "greenplum")


def _copy(warehouse: Warehouse) -> float:
    """Seconds that a plain COPY takes of all that has been archived."""
    file = warehouse.folder / "historical_sales.copy"
    ((first, end, on_greenplum),) = warehouse.query(
        "select min(sale_month), (max(sale_month) + interval '1 month')::date, "
        "version() like '%Greenplum%' from archive.historical_sales",
        "GREENPLUM",
    )
    create = _LIKE_THE_ARCHIVE
    if on_greenplum:
        create += _STORED_LIKE_THE_ARCHIVE.format(first=first, end=end)
    warehouse.query(create, "GREENPLUM")
    with (
        closing(psycopg2.connect(warehouse.address("GREENPLUM"))) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        with file.open("wb") as output:
            cursor.copy_expert("copy (select * from archive.historical_sales) to stdout", output)
        connection.commit()
        started = time.monotonic()
        with file.open("rb") as lines:
            cursor.copy_expert("copy public.plain_copy from stdin", lines)
        connection.commit()
        seconds = time.monotonic() - started
    warehouse.query("drop table public.plain_copy", "GREENPLUM")
    file.unlink()
    return seconds


def _measure_sales(rows: int) -> tuple[tuple[str, ...], dict[str, float]]:
    """Archive and verify so many sales, and ask the questions over their years."""
    with scratch.warehouse() as warehouse:
        _empty_archive(warehouse)
        _fill(warehouse, "--rows", str(rows))
        archive = _seconds(warehouse, "archive")
        nodes = _of_archive(warehouse)
        verify = _seconds(warehouse, "verify-archive")
        copy = _copy(warehouse)
        ((sales,),) = warehouse.query("select count(*) from archive.historical_sales", "GREENPLUM")
        one_after_the_other = ("--threads", "1", "--select", "path:models/analytics")
        warehouse.dbt("run", *one_after_the_other, target="greenplum")
        questions = _seconds_by_node(warehouse, "greenplum")
    row = (
        f"{sales:,}",
        f"{copy:.1f}",
        f"{nodes['landing_sales']:.1f}",
        f"{nodes['historical_sales']:.1f}",
        f"{archive:.1f}",
        f"{verify:.1f}",
        f"{sales / copy:,.0f}",
        f"{sales / nodes['historical_sales']:,.0f}",
        f"{sales / archive:,.0f}",
        f"{sales / verify:,.0f}",
    )
    return row, questions


def _sales_and_questions(rows: list[int]) -> tuple[Table, Table]:
    measured = [_measure_sales(each) for each in rows]
    sales = (
        "sales",
        "COPY, s",
        "landing_sales, s",
        "historical_sales, s",
        "whole archive, s",
        "verify, s",
        "COPY, sales/s",
        "historical_sales, sales/s",
        "whole, sales/s",
        "verify, sales/s",
    )
    names = measured[0][1]
    questions = [
        (name, *(f"{by_question[name]:.2f}" for _, by_question in measured)) for name in names
    ]
    header = ("question", *(f"over {row[0]} sales, s" for row, _ in measured))
    return (sales, [row for row, _ in measured]), (header, questions)


def _measure_months(months: int, month_rows: int) -> tuple[str, ...]:
    """Archive one more month."""
    years, month = divmod(12 * 2024 - months, 12)
    first = date(years, month + 1, 1)
    with scratch.warehouse() as warehouse:
        _empty_archive(warehouse)
        _fill(
            warehouse,
            *("--rows", str(months * month_rows)),
            *("--from", first.isoformat(), "--until", "2023-12-31"),
        )
        warehouse.run("warehouse", "archive")
        _write_january(warehouse, month_rows)
        _take_to_clickhouse(warehouse)
        archive = _seconds(warehouse, "archive")
        nodes = _of_archive(warehouse)
        nothing_new = _seconds(warehouse, "archive")
    return (
        str(months),
        f"{months * month_rows:,}",
        f"{month_rows:,}",
        f"{nodes['landing_sales']:.2f}",
        f"{nodes['historical_sales']:.2f}",
        f"{archive:.1f}",
        f"{nothing_new:.1f}",
    )


def _write_january(warehouse: Warehouse, rows: int) -> None:
    lines = (
        f"JAN{number},2024-01-{1 + number % 31:02} 12:00:00,"
        f"P{number % 100:05},1,9.99,C{number % 1000:06}\n"
        for number in range(rows)
    )
    warehouse.write_sales("2024-01-31", lines)


def _months(months: list[int], month_rows: int) -> Table:
    header = (
        "months there",
        "lines there",
        "lines of one more",
        "landing_sales, s",
        "historical_sales, s",
        "whole archive, s",
        "nothing new, s",
    )
    return header, [_measure_months(each, month_rows) for each in months]


def _snapshot(customers: int) -> Table:
    """Take the first snapshot of customers, one with changes, and one without."""
    with scratch.warehouse() as warehouse:
        _empty_archive(warehouse)
        warehouse.run("python", "-c", _LAND_CUSTOMERS)
        warehouse.query(_CUSTOMERS, "GREENPLUM", (customers,))
        warehouse.dbt("run", "--select", "landed_customers", target="greenplum")
        rows: list[tuple[str, ...]] = []
        for what in ("all new", "one in a hundred changed", "none changed"):
            if "hundred" in what:
                warehouse.query(_MOVE_ONE_IN_A_HUNDRED, "GREENPLUM")
            warehouse.dbt("snapshot", "--select", "customers_history", target="greenplum")
            ((versions,),) = warehouse.query(
                "select count(*) from history.customers_history", "GREENPLUM"
            )
            seconds = _seconds_by_node(warehouse, "greenplum")["customers_history"]
            rows.append((f"{customers:,}", what, f"{versions:,}", f"{seconds:.2f}"))
    return ("customers", "snapshot", "versions then", "s"), rows


def _numbers(_: click.Context, __: click.Parameter, value: str) -> list[int]:
    return [int(number) for number in value.split(",") if number]


@click.command()
@click.option("--rows", default="1000000", show_default=True, callback=_numbers)
@click.option("--months", default="12,120", show_default=True, callback=_numbers)
@click.option("--month-rows", default=10_000, show_default=True, help="Sales lines of a month.")
@click.option("--customers", default=100_000, show_default=True)
@click.option("--save", type=click.Path(path_type=Path, dir_okay=False), help="JSON of it all.")
def main(
    rows: list[int], months: list[int], month_rows: int, customers: int, save: Path | None
) -> None:
    """Print the tables; an empty list of --rows or --months, or 0 --customers, leaves one out."""
    tables: dict[str, Table] = {}
    with _database() as version:
        load = os.getloadavg()[0]
        if rows:
            tables["sales"], tables["questions"] = _sales_and_questions(rows)
            _print(tables["sales"])
            _print(tables["questions"])
        if months:
            _print(tables.setdefault("months", _months(months, month_rows)))
        if customers:
            _print(tables.setdefault("snapshot", _snapshot(customers)))
    terminal.say(
        f"{version}, {os.cpu_count()} cores, {datetime.now(UTC):%Y-%m-%d}; "
        f"load {load:.1f} at the start, {os.getloadavg()[0]:.1f} at the end"
    )
    if save:
        found = {
            name: [dict(zip(header, line, strict=True)) for line in lines]
            for name, (header, lines) in tables.items()
        }
        saved = {"greenplum": version, "cores": os.cpu_count(), "load": load, **found}
        save.write_text(json.dumps(saved, indent=2) + "\n", encoding="utf-8")


def _print(table: Table) -> None:
    header, lines = table
    text = {"question", "snapshot"}
    terminal.table(header, lines, [i for i, name in enumerate(header) if name not in text])
    terminal.say()


if __name__ == "__main__":
    main()
