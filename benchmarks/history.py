"""What a day's load and build cost beside histories of different length.

    .venv/bin/python benchmarks/history.py --rows 200000,2000000

For each length, a warehouse in a scratch folder gets so many sales, as if they had been loaded a
month ago; then one more day with as many sales as `--day` says. Blocks are those of 8 KiB that
PostgreSQL read, from its cache or from disk (pg_stat_database).
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click
import psycopg2

from warehouse import environment, terminal

_PROGRAMS = Path(sys.executable).parent
_HEADER = "sale_id,sold_at,product_id,quantity,unit_price,customer_id\n"


class _Warehouse:
    """A warehouse in a scratch folder."""

    def __init__(self, folder: Path) -> None:
        own = environment.PREFIXES
        self._environ = {
            name: value for name, value in os.environ.items() if not name.startswith(own)
        } | {
            "WAREHOUSE_HOME": str(folder / "home"),
            "WAREHOUSE_ENV_FILE": os.devnull,
            "SHOP_FILES": str(folder / "shop"),
        }
        self._settings = folder / "home" / "engines.env"
        self.files = folder / "shop"

    def run(self, *command: str) -> None:
        program, *arguments = command
        done = subprocess.run(
            [_PROGRAMS / program, *arguments],
            env=self._environ,
            cwd=environment.ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise click.ClickException(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}")

    def query(self, statement: str) -> int:
        lines = self._settings.read_text(encoding="utf-8").splitlines()
        settings = dict(line.split("=", 1) for line in lines if line.startswith("POSTGRES_"))
        connection = psycopg2.connect(
            host=settings["POSTGRES_HOST"],
            port=settings["POSTGRES_PORT"],
            user=settings["POSTGRES_USER"],
            password=settings["POSTGRES_PASSWORD"],
            dbname=settings["POSTGRES_DATABASE"],
        )
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return int(cursor.fetchall()[0][0]) if cursor.description else 0
        finally:
            connection.close()

    def blocks(self) -> int:
        """Blocks that all sessions which have ended have read."""
        return self.query(
            "select blks_hit + blks_read from pg_stat_database where datname = current_database()"
        )

    def measure(self, work: Callable[[], None]) -> tuple[float, int]:
        """Seconds and blocks that some work takes."""
        blocks, started = self.blocks(), time.monotonic()
        work()
        seconds = time.monotonic() - started
        return seconds, self.blocks() - blocks


def _measure(rows: int, day: int) -> tuple[str, ...]:
    with tempfile.TemporaryDirectory(prefix="warehouse-history-") as scratch:
        warehouse = _Warehouse(Path(scratch))
        try:
            warehouse.run("warehouse", "up")
            warehouse.run("warehouse", "sample", "--rows", str(rows), "--to", str(warehouse.files))
            warehouse.run("warehouse", "ingest")
            full = warehouse.measure(lambda: warehouse.run("dbt", "build"))
            _grow_old(warehouse)
            _write_day(warehouse, day)
            load = warehouse.measure(lambda: warehouse.run("warehouse", "ingest"))
            build = warehouse.measure(lambda: warehouse.run("dbt", "build"))
        finally:
            warehouse.run("warehouse", "down")
    return (
        f"{rows:,}",
        f"{full[0]:.1f}",
        f"{load[0]:.1f}",
        f"{build[0]:.1f}",
        f"{build[1]:,}",
    )


def _grow_old(warehouse: _Warehouse) -> None:
    """Move what was done a month into the past, and leave nothing for autovacuum to do."""
    warehouse.query(
        "update raw._loads set started_at = started_at - interval '30 days', "
        "finished_at = finished_at - interval '30 days'"
    )
    warehouse.query("update staging._model_versions set built_at = built_at - interval '30 days'")
    warehouse.query("vacuum analyze")


def _write_day(warehouse: _Warehouse, day: int) -> None:
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
