"""How the road's cost grows with its files, and what a day costs beside a history.

    .venv/bin/python -m benchmarks.growth --rows 200000,2000000

For each length, a warehouse in a scratch folder takes so many sales from nothing to the archive.
They are then made a month older, and one more day with as many sales as `--day` says is loaded and
built. Of that build, dbt tells how long each engine took. Blocks are those of 8 KiB that PostgreSQL
read for it, from its cache or from disk (pg_stat_database). The exponent is that of the power of
the number of sales with which a step's seconds grow, between the two longest: 1 is proportional.
"""

import json
import math
from pathlib import Path

import click

from benchmarks import machine, scratch
from benchmarks.steps import DAY, STEPS, Work
from warehouse import terminal

# Where ClickHouse's tables tell when a month was refreshed.
_REFRESHED = {
    "hot_sales": "_refreshed_at",
    "summary_sales": "_refreshed_at",
    "summary_stores": "_refreshed_at",
    "summary_products_monthly": "_refreshed_at",
    "agreement": "refreshed_at",
}

# What a day's build does on each engine.
_TARGETS = {"postgres": "star", "clickhouse": "serve", "greenplum": "snapshots"}


@click.command()
@click.option("--rows", default="100000,1000000,10000000", show_default=True)
@click.option("--day", type=int, default=10_000, show_default=True, help="Sales of one more day.")
@click.option("--save", type=click.Path(path_type=Path), help="A JSON file for the figures.")
def main(rows: str, day: int, save: Path | None) -> None:
    """Print how long each step takes, for all sales and for a day beside them."""
    about: dict[str, str] = {}
    lengths: list[dict[str, float]] = []
    for length in sorted(map(int, rows.split(","))):
        with scratch.warehouse() as warehouse:
            about = about or machine.described(warehouse)
            lengths.append(_measure(warehouse, length, day))
        if save:
            save.write_text(json.dumps({"about": about, "lengths": lengths}, indent=1) + "\n")
    header = tuple(lengths[0])
    table = [_line(length) for length in lengths]
    if len(lengths) > 1:
        table.append(_exponents(*lengths[-2:]))
    terminal.table(header, table, numeric=range(len(header)))
    terminal.say(", ".join(f"{name} {value}" for name, value in about.items()))


def _measure(warehouse: scratch.Warehouse, rows: int, day: int) -> dict[str, float]:
    warehouse.run("warehouse", "sample", "--rows", str(rows), "--to", warehouse.files)
    found: dict[str, float] = {"sales": rows}
    for step, work in STEPS.items():
        found[step] = _seconds(warehouse, step, work)
    _grow_old(warehouse)
    _write_day(warehouse, day)
    found["day: load"] = _seconds(warehouse, "day: load", DAY["load"])
    blocks = warehouse.blocks()
    found["day: build"] = _seconds(warehouse, "day: build", DAY["build"])
    for target, step in _TARGETS.items():
        found[f"of it {step}"] = round(warehouse.last_run(target).seconds, 2)
    found["blocks"] = warehouse.blocks() - blocks
    return found


def _seconds(warehouse: scratch.Warehouse, step: str, work: Work) -> float:
    usage = warehouse.measure(lambda: work(warehouse))
    terminal.say(f"  {step} {terminal.duration(usage.seconds)}")
    return round(usage.seconds, 2)


def _grow_old(warehouse: scratch.Warehouse) -> None:
    """Move what was done a month into the past, and leave nothing for autovacuum to do."""
    warehouse.query(
        "update raw._loads set started_at = started_at - interval '30 days', "
        "finished_at = finished_at - interval '30 days'"
    )
    warehouse.query("update staging._model_versions set built_at = built_at - interval '30 days'")
    warehouse.query("vacuum analyze")
    with warehouse.clickhouse() as client:
        for table, column in _REFRESHED.items():
            client.command(
                f"alter table serving.{table} update {column} = {column} - interval 30 day "
                "where true settings mutations_sync = 2"
            )


def _write_day(warehouse: scratch.Warehouse, day: int) -> None:
    lines = (
        f"DAY{number},2026-01-01 12:00:00,P{number % 100:05},1,9.99,C{number % 1000:06}\n"
        for number in range(day)
    )
    warehouse.write_sales("2026-01-01", lines)


def _line(length: dict[str, float]) -> tuple[str, ...]:
    whole = ("sales", "blocks")
    return tuple(f"{length[name]:,.{0 if name in whole else 1}f}" for name in length)


def _exponents(shorter: dict[str, float], longer: dict[str, float]) -> tuple[str, ...]:
    times = math.log(longer["sales"] / shorter["sales"])
    return (
        "exponent",
        *(f"{math.log(longer[name] / shorter[name]) / times:.2f}" for name in list(longer)[1:]),
    )


if __name__ == "__main__":
    main()
