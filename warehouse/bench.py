"""Times the road on made-up files, in a scratch folder with engines of its own."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

from warehouse import environment, terminal
from warehouse.errors import UserError

# What a person would type, in order.
_STEPS = ("sample", "up", "ingest", "build", "archive", "ingest", "build", "archive")


@click.command()
@click.option("--rows", type=click.IntRange(min=1000), default=1_000_000, show_default=True)
def bench(rows: int) -> None:
    """Time each step of the road for ROWS sales, then each once more with nothing new."""
    with tempfile.TemporaryDirectory(prefix="warehouse-bench-") as scratch:
        folder = Path(scratch)
        variables = _environment(folder)
        log = environment.home() / "logs" / "bench.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        done: set[str] = set()
        try:
            for step in _STEPS:
                arguments = ["--rows", str(rows), "--to", scratch + "/shop"] * (step == "sample")
                seconds = _time([step, *arguments], variables, log)
                if step in done:
                    terminal.say(f"{step}, nothing new".ljust(24) + f"{seconds:8.1f} s")
                else:
                    terminal.say(f"{step:24}{seconds:8.1f} s{rows / seconds:14,.0f} sales/s")
                done.add(step)
        finally:
            _time(["down"], variables, log)
    terminal.say()
    terminal.say(f"{rows:,} sales on {os.cpu_count()} cores; what the steps printed is in {log}")


def _environment(folder: Path) -> dict[str, str]:
    own = environment.PREFIXES
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    return kept | {
        "WAREHOUSE_HOME": str(folder / "home"),
        "WAREHOUSE_ENV_FILE": os.devnull,
        "SHOP_FILES": str(folder / "shop"),
    }


def _time(arguments: list[str], variables: dict[str, str], log: Path) -> float:
    started = time.monotonic()
    with log.open("a", encoding="utf-8") as output:
        command = [sys.executable, "-m", "warehouse.cli", *arguments]
        done = subprocess.run(
            command, env=variables, stdout=output, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode:
        raise UserError(f"warehouse {' '.join(arguments)} failed: see the end of {log}")
    return time.monotonic() - started
