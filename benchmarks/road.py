"""The whole road and each of its steps, beside the least that it can take and beside pandas.

    make bench ROWS=300000 RUNS=2

Every run makes a warehouse in a scratch folder and gives the same files to three contestants:

- the warehouse, as the make targets run it;
- the limit: one statement of the engine itself (benchmarks/limits.py);
- pandas: what many write instead (benchmarks/recipe.py);
- Singer: the stock tap and target, if there are such; they only load (benchmarks/singer.py).

Then the warehouse does once more what it does in a day and in a month, with nothing new, which
shows its fixed cost. CPU and memory are those of all programs together with the engines; a number
in brackets is how far the runs lie apart, largest less smallest.
"""

import json
import statistics
import sys
from collections import defaultdict
from pathlib import Path

import click

from benchmarks import limits, machine, scratch, singer
from benchmarks.meter import Usage
from benchmarks.scratch import Warehouse
from benchmarks.steps import DAY, STEPS, Work
from warehouse import environment, terminal

_WAREHOUSE, _LIMIT, _PANDAS, _SINGER = "warehouse", "limit", "pandas", "Singer"
_AGAIN = "warehouse, nothing new"
_ROAD, _DAY = "whole road", "a day"


def _recipe(step: str) -> Work:
    def work(warehouse: Warehouse) -> None:
        folder = [str(warehouse.files)] * (step == "load")
        warehouse.run(sys.executable, "-m", "benchmarks.recipe", step, *folder)

    return work


_SIZE = """
    select coalesce(sum(pg_total_relation_size(pg_class.oid)), 0)
    from pg_class
    inner join pg_namespace on pg_class.relnamespace = pg_namespace.oid
    where relkind = 'r' and nspname = %s
"""

_CONTESTANTS: dict[str, dict[str, Work]] = {
    _WAREHOUSE: STEPS,
    _LIMIT: {
        "load": limits.load,
        "star": limits.star,
        "serve": limits.serve,
        "archive": limits.archive,
    },
    # The recipe cleans while it loads; there is no star.
    _PANDAS: {step: _recipe(step) for step in ("load", "serve", "archive")},
}

# Of each contestant and step, what each run took.
Results = dict[tuple[str, str], list[Usage]]


@click.command()
@click.option("--rows", type=click.IntRange(min=1000), default=300_000, show_default=True)
@click.option("--runs", type=click.IntRange(min=1), default=2, show_default=True)
@click.option("--pandas/--no-pandas", default=True, help="Whether pandas takes part.")
@click.option(
    "--singer",
    "singer_environment",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A virtual environment with tap-csv and meltanolabs-target-postgres.",
)
@click.option("--save", type=click.Path(path_type=Path), help="A JSON file for the figures.")
def main(
    rows: int, runs: int, pandas: bool, singer_environment: Path | None, save: Path | None
) -> None:
    """Print one table of all steps and contestants."""
    contestants = dict(_CONTESTANTS)
    if not pandas:
        del contestants[_PANDAS]
    if singer_environment:
        programs = singer_environment.absolute() / "bin"
        contestants[_SINGER] = {"load": lambda warehouse: singer.load(warehouse, programs)}
    results: Results = defaultdict(list)
    for number in range(1, runs + 1):
        terminal.say(f"run {number} of {runs}")
        with scratch.warehouse() as warehouse:
            about = machine.described(warehouse) | {"sales": f"{rows:,}", "runs": str(runs)}
            warehouse.run("warehouse", "sample", "--rows", str(rows), "--to", warehouse.files)
            for contestant, steps in contestants.items():
                road = _measure(contestant, steps, warehouse, results)
                if contestant != _SINGER:
                    results[contestant, _ROAD].append(road)
            day = _measure(_AGAIN, DAY, warehouse, results)
            results[_AGAIN, _DAY].append(day)
            _measure(_AGAIN, {"archive": STEPS["archive"]}, warehouse, results)
            sizes = _sizes(warehouse)
    terminal.say()
    _print(results, rows)
    terminal.say()
    terminal.say("on disk: " + ", ".join(f"{name} {size}" for name, size in sizes.items()))
    terminal.say(", ".join(f"{name} {value}" for name, value in about.items()))
    target = save or environment.home() / "benchmarks" / f"road-{rows}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    found = {
        f"{who}: {step}": [vars(usage) for usage in usages]
        for (who, step), usages in results.items()
    }
    target.write_text(json.dumps({"about": about, "results": found, "sizes": sizes}, indent=1))
    terminal.say(f"saved: {target}")


def _measure(
    contestant: str, steps: dict[str, Work], warehouse: Warehouse, results: Results
) -> Usage:
    """Measure one step after the other, and return what all took together."""
    road = Usage()
    for step, work in steps.items():
        usage = warehouse.measure(lambda work=work: work(warehouse))  # type: ignore[misc]
        terminal.say(f"  {contestant}: {step} {terminal.duration(usage.seconds)}")
        results[contestant, step].append(usage)
        road += usage
    return road


def _print(results: Results, rows: int) -> None:
    header = ("step", "who", "seconds", "sales/s", "beside ours", "CPU s", "peak MB", "programs MB")
    table = []
    for step in (*STEPS, _ROAD, "build", _DAY):
        for contestant in (*_CONTESTANTS, _SINGER, _AGAIN):
            runs = results.get((contestant, step))
            if not runs:
                continue
            seconds = _median(runs)
            ours = results.get((_WAREHOUSE, step))
            spread = max(run.seconds for run in runs) - min(run.seconds for run in runs)
            table.append(
                (
                    step,
                    contestant,
                    f"{seconds:.1f} ({spread:.1f})",
                    f"{rows / seconds:,.0f}" if contestant != _AGAIN else "",
                    f"{seconds / _median(ours):.2f}" if ours else "",
                    f"{statistics.median(run.cpu_seconds for run in runs):.1f}",
                    f"{max(run.peak for run in runs) / 1e6:,.0f}",
                    _programs(runs),
                )
            )
    terminal.table(header, table, numeric=range(2, 7))


def _median(runs: list[Usage]) -> float:
    return statistics.median(run.seconds for run in runs)


def _programs(runs: list[Usage]) -> str:
    """The largest memory of each program, the largest first."""
    largest = runs[0].memory
    for run in runs[1:]:
        largest |= run.memory
    return ", ".join(f"{name} {size / 1e6:,.0f}" for name, size in largest.most_common(4))


def _sizes(warehouse: Warehouse) -> dict[str, str]:
    """What lies on disk, for people."""
    files = sum(file.stat().st_size for file in warehouse.files.rglob("*.csv"))
    with warehouse.clickhouse() as client:
        parts = client.query(
            "select sum(bytes_on_disk) from system.parts where active and database = 'serving'"
        )
    return {
        "files": terminal.size(files),
        "PostgreSQL raw": _size(warehouse, "raw"),
        "staging": _size(warehouse, "staging"),
        "marts": _size(warehouse, "marts"),
        "ClickHouse": terminal.size(parts.result_rows[0][0]),
        "archive": _size(warehouse, "archive", "GREENPLUM"),
    }


def _size(warehouse: Warehouse, schema: str, engine: str = "POSTGRES") -> str:
    return terminal.size(float(warehouse.query(_SIZE, engine, (schema,))[0][0]))


if __name__ == "__main__":
    main()
