"""What a day's load and build cost beside histories of different length.

    .venv/bin/python -m benchmarks.history --rows 200000,2000000

For each length, a warehouse in a scratch folder gets so many sales, as if they had been loaded a
month ago; then one more day with as many sales as `--day` says. Blocks are those of 8 KiB that
PostgreSQL read, from its cache or from disk (pg_stat_database).
"""

import click

from benchmarks import scratch
from warehouse import terminal

_HEADER = "sale_id,sold_at,product_id,quantity,unit_price,customer_id\n"


def _measure(rows: int, day: int) -> tuple[str, ...]:
    with scratch.warehouse() as warehouse:
        warehouse.run("warehouse", "sample", "--rows", str(rows), "--to", warehouse.files)
        warehouse.run("warehouse", "ingest")
        full = warehouse.measure(lambda: warehouse.run("dbt", "build"))
        _grow_old(warehouse)
        _write_day(warehouse, day)
        load = warehouse.measure(lambda: warehouse.run("warehouse", "ingest"))
        blocks = warehouse.blocks()
        build = warehouse.measure(lambda: warehouse.run("dbt", "build"))
        blocks = warehouse.blocks() - blocks
    return (
        f"{rows:,}",
        f"{full.seconds:.1f}",
        f"{load.seconds:.1f}",
        f"{build.seconds:.1f}",
        f"{blocks:,}",
    )


def _grow_old(warehouse: scratch.Warehouse) -> None:
    """Move what was done a month into the past, and leave nothing for autovacuum to do."""
    warehouse.query(
        "update raw._loads set started_at = started_at - interval '30 days', "
        "finished_at = finished_at - interval '30 days'"
    )
    warehouse.query("update staging._model_versions set built_at = built_at - interval '30 days'")
    warehouse.query("vacuum analyze")


def _write_day(warehouse: scratch.Warehouse, day: int) -> None:
    lines = (
        f"DAY{number},2026-01-01 12:00:00,P{number % 100:05},1,9.99,C{number % 1000:06}\n"
        for number in range(day)
    )
    file = warehouse.files / "sales_data" / "sales_data_2026-01-01.csv"
    file.write_text(_HEADER + "".join(lines), encoding="utf-8")


@click.command()
@click.option("--rows", default="200000,2000000,10000000", show_default=True)
@click.option("--day", type=int, default=10_000, show_default=True)
def main(rows: str, day: int) -> None:
    """Print the table."""
    header = ("history", "first build, s", "day's load, s", "day's build, s", "blocks")
    table = [_measure(int(each), day) for each in rows.split(",")]
    terminal.table(header, table, numeric=range(5))


if __name__ == "__main__":
    main()
