"""Starting, stopping and deleting the embedded engines of this warehouse."""

import contextlib
import functools
import os
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

from warehouse import environment, terminal
from warehouse.engines import configuration, lock
from warehouse.engines.clickhouse import ClickHouse
from warehouse.engines.postgres import Postgres
from warehouse.errors import UserError

_P = ParamSpec("_P")
_R = TypeVar("_R")

# All that the project makes in the warehouse's folder, which may be a folder of the user's that
# holds other things: these names and no others are ever deleted.
PARTS = (
    "postgres",
    "postgres.new",
    "postgres.password",
    "clickhouse",
    "dbt",
    "meltano",
    "logs",
    "dagster",
    "notebooks",
    "topics",
    "superset",
    "dashboards.env",
    "dashboards.new",
    "dashboards.lock",
    "orchestrate.lock",
    "road.lock",
    "engines.env",
    "engines.new",
    "engines.lock",
    "roles.env",
    "roles.new",
)


def ensure_up() -> None:
    """Start the embedded engines if one does not run."""
    home = environment.home()
    if Postgres(home).process() is None or ClickHouse(home).process() is None:
        up(quietly=True)


def up(*, quietly: bool = False) -> None:
    """Start the embedded engines, side by side, and wait until they answer.

    Args:
        quietly: Of engines that run already nothing is said.
    """
    home = environment.home()
    with lock.exclusive(home) as descriptor:
        settings = configuration.choose()
        jobs: dict[str, Callable[[], None]] = {}
        runs: dict[str, bool] = {}
        if settings.postgres:
            postgres = Postgres(home)
            postgres.check(settings)
            address = f"PostgreSQL   {configuration.HOST}:{settings.postgres_port}"
            jobs[address] = lambda: postgres.start(settings, descriptor)
            runs[address] = postgres.process() is not None
        if settings.clickhouse:
            clickhouse = ClickHouse(home)
            clickhouse.check(settings)
            address = f"ClickHouse   {settings.clickhouse_host}:{settings.clickhouse_port}"
            jobs[address] = lambda: clickhouse.start(settings)
            runs[address] = clickhouse.process() is not None
        if not jobs:
            if not quietly:
                terminal.say("all three engines are servers of your own: there is nothing to start")
            return
        # Before they start: a data folder's password must never be one that nobody knows.
        configuration.keep(settings)
        with ThreadPoolExecutor() as pool:
            started = [
                pool.submit(job if quietly and runs[address] else _timed(address, job))
                for address, job in jobs.items()
            ]
    mistakes = []
    for job in started:
        try:
            job.result()
        except UserError as error:
            mistakes.append(str(error))
    if mistakes:
        raise UserError("; ".join(mistakes))
    environment.load()


def with_engines(command: Callable[_P, _R]) -> Callable[_P, _R]:
    """Start the embedded engines before a command that reads or writes what they hold."""

    @functools.wraps(command)
    def started(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        ensure_up()
        return command(*args, **kwargs)

    return started


def _timed(address: str, job: Callable[[], None]) -> Callable[[], None]:
    def timed() -> None:
        began = time.monotonic()
        job()
        terminal.say(f"{address} ready ({terminal.duration(time.monotonic() - began)})")

    return timed


def down() -> None:
    """Stop the embedded engines and wait for their end."""
    home = environment.home()
    if not home.exists():
        terminal.say("nothing runs")
        return
    with lock.exclusive(home):
        _stop(home)


def _stop(home: Path) -> None:
    for name, engine in (("ClickHouse", ClickHouse(home)), ("PostgreSQL", Postgres(home))):
        terminal.say(f"{name}   {'stopped' if engine.stop() else 'was not running'}")


def disk_use(folder: Path) -> int:
    """Return how many bytes of disk a folder takes."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(FileNotFoundError):  # a running engine deletes files
                total += (Path(parent) / name).lstat().st_blocks * 512
    return total


def clean() -> None:
    """Stop the engines and delete what runs have made; never the user's data files."""
    from warehouse.dashboards.server import Superset

    home = environment.home()
    if not home.exists():
        terminal.say(f"{home} does not exist: nothing to delete")
        return
    with lock.exclusive(home):
        Superset(home).stop()
        _stop(home)
        for path in [home / part for part in PARTS]:
            if path.is_dir():
                freed = terminal.size(disk_use(path))
                shutil.rmtree(path)
                terminal.say(f"deleted {path} ({freed})")
            elif path.exists():
                path.unlink()
                terminal.say(f"deleted {path}")
    if not any(home.iterdir()):
        home.rmdir()
