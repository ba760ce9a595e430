r"""Times ways to load one and the same CSV file of made-up sales into PostgreSQL.

    .venv/bin/python -m benchmarks.ingestion --rows 10000000

Beside `\copy`, by itself and into a table like the raw one, it is `meltano run load` of the whole
file, and of twenty files that hold it, some of them at once. How pandas and Singer do it is
measured by `benchmarks.road`.
"""

import itertools
import random
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import click

from benchmarks import machine, scratch
from benchmarks.scratch import Warehouse
from warehouse import terminal
from warehouse.engines import postgres

_COLUMNS = ("sale_id", "sold_at", "product_id", "quantity", "unit_price", "customer_id")
_SIX_COLUMNS = ", ".join(f"{column} text" for column in _COLUMNS)
_LIKE_RAW = f"""
    create sequence line cache 10000;
    create table sales (
        {_SIX_COLUMNS},
        _source_file text not null default current_setting('application_name'),
        _source_line bigint not null default nextval('line'),
        _load_id bigint not null default length(current_setting('application_name')),
        _loaded_at timestamptz not null default now()
    );
    create index on sales using brin (_load_id) with (pages_per_range = 32);
"""
_FILES = 20

# What it is called, the table that it fills, and the work.
Way = tuple[str, str, Callable[[], None]]


@click.command()
@click.option("--rows", type=click.IntRange(min=_FILES), default=1_000_000, show_default=True)
def main(rows: int) -> None:
    """Measure, and print a table."""
    with scratch.warehouse() as warehouse:
        about = machine.described(warehouse)
        one, twenty = warehouse.folder / "one", warehouse.folder / "twenty"
        file = one / "sales_data" / "sales.csv"
        _write_sales(file, rows)
        _split(file, twenty / "sales_data", rows)
        table = []
        for way, filled, load in _ways(warehouse, file, one, twenty):
            # After which the server has nothing left to do.
            warehouse.query("checkpoint")
            usage = warehouse.measure(load)
            if warehouse.query(f"select count(*) from {filled}") != [(rows,)]:
                raise click.ClickException(f"{way}: not all rows are loaded")
            memory = ", ".join(
                f"{name} {size / 1e6:,.0f}"
                for name, size in usage.memory.most_common()
                if name not in ("postgres", "clickhouse")
            )
            line = (way, f"{usage.seconds:.1f}", f"{rows / usage.seconds:,.0f}", memory)
            table.append(line)
            terminal.say(f"  {way}: {terminal.duration(usage.seconds)}")
    terminal.say()
    terminal.table(("way", "seconds", "lines/s", "programs MB"), table, numeric=range(1, 3))
    terminal.say(", ".join(f"{name} {value}" for name, value in about.items()))


def _ways(warehouse: Warehouse, file: Path, one: Path, twenty: Path) -> Iterator[Way]:
    """Each way, when the tables of the one before are gone."""
    for way, create in (
        ("\\copy of the six columns", f"create table sales ({_SIX_COLUMNS})"),
        ("\\copy into the columns of the raw table", _LIKE_RAW),
    ):
        warehouse.query(f"drop table if exists sales; {create}")
        yield way, "sales", lambda: _copy(warehouse, file)
    warehouse.query("drop table sales")
    raw = "raw.sales_data"
    yield "meltano run load, one file", raw, lambda: _meltano(warehouse, one, 2)
    for at_once in (1, 2, 4):
        warehouse.query("drop schema raw cascade")
        way = f"meltano run load, {_FILES} files, {at_once} at once"
        yield way, raw, lambda at_once=at_once: _meltano(warehouse, twenty, at_once)  # type: ignore[misc]


def _copy(warehouse: Warehouse, file: Path) -> None:
    command = f"\\copy sales ({', '.join(_COLUMNS)}) from '{file}' with (format csv, header)"
    warehouse.run(postgres.programs() / "psql", "--no-psqlrc", "--command", command)


def _meltano(warehouse: Warehouse, files: Path, at_once: int) -> None:
    warehouse.run(
        *("meltano", "run", "load"),
        SHOP_FILES=str(files),
        TARGET_WAREHOUSE_FILES_AT_ONCE=str(at_once),
        # Where Meltano remembers what it has loaded.
        MELTANO_SYS_DIR_ROOT=tempfile.mkdtemp(dir=warehouse.folder),
    )


def _write_sales(path: Path, rows: int) -> None:
    """Write a file of sales, about 52 bytes a line."""
    chance = random.Random(1)
    start = datetime(2024, 1, 1)
    tails = [
        f",{start + timedelta(seconds=chance.randrange(31_536_000))}"
        f",P{chance.randrange(100_000):05},{chance.randrange(1, 9)}"
        f",{chance.randrange(100, 99_999) / 100:.2f},C{chance.randrange(1_000_000):06}\n"
        for _ in range(100_000)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(_COLUMNS) + "\n")
        for first in range(0, rows, len(tails)):
            ids = range(first, min(first + len(tails), rows))
            file.write("".join(f"{number}{tails[number - first]}" for number in ids))


def _split(path: Path, folder: Path, rows: int) -> None:
    """Spread the lines of a file over several."""
    folder.mkdir(parents=True)
    with path.open("rb") as lines:
        header = next(lines)
        for number in range(_FILES):
            share = rows * (number + 1) // _FILES - rows * number // _FILES
            with (folder / f"sales-{number:02}.csv").open("wb") as part:
                part.write(header)
                part.writelines(itertools.islice(lines, share))


if __name__ == "__main__":
    main()
