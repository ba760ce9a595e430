"""A warehouse with files and engines of its own, in a folder that is gone afterwards."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

import click
import clickhouse_connect
import psycopg2

from benchmarks.meter import Meter, Usage
from warehouse import environment
from warehouse.timings import Run

_HEADER = "sale_id,sold_at,product_id,quantity,unit_price,customer_id\n"

PROGRAMS = Path(sys.prefix) / "bin"


class Warehouse:
    """A warehouse in a scratch folder."""

    def __init__(self, folder: Path) -> None:
        own = environment.PREFIXES
        self.folder = folder
        self.files = folder / "shop"
        self.home = folder / "home"
        # A Greenplum that the user names is used; every other setting is this warehouse's own.
        self._environ = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(own) or name.startswith("GREENPLUM_")
        } | {
            "WAREHOUSE_HOME": str(self.home),
            "WAREHOUSE_ENV_FILE": os.devnull,
            "SHOP_FILES": str(self.files),
        }
        for name in environment.filled_in():
            self._environ.pop(name, None)

    @property
    def environ(self) -> dict[str, str]:
        """The environment of the programs that work on this warehouse."""
        environ = dict(self._environ)
        environment.load(environ)
        return environ

    def run(
        self,
        program: str | Path,
        *arguments: str | Path,
        stdin: IO[bytes] | None = None,
        **settings: str,
    ) -> None:
        """Run a program of the virtual environment, or another one by its path, to its end.

        Args:
            program: Its name or path.
            arguments: What follows on its command line.
            stdin: What it reads.
            settings: Variables of its environment.

        Raises:
            click.ClickException: It failed; with the last lines that it printed.
        """
        done = subprocess.run(
            [PROGRAMS / program, *arguments],
            env=(self._environ if program == "warehouse" else self.psql_environ()) | settings,
            cwd=environment.ROOT,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            command = " ".join(map(str, (program, *arguments)))
            raise click.ClickException(f"{command} failed:\n{done.stdout[-3000:]}")

    def psql_environ(self, engine: str = "POSTGRES") -> dict[str, str]:
        """The environment of a psql on PostgreSQL or GREENPLUM; a command line shows passwords."""
        environ = self.environ
        names = ("HOST", "PORT", "USER", "PASSWORD", "DATABASE")
        return environ | {f"PG{name}": environ[f"{engine}_{name}"] for name in names}

    def dbt(self, command: str, *arguments: str, target: str) -> None:
        """Run a dbt command; what it parsed holds for one target, so each has its own folder.

        Raises:
            click.ClickException: As of `run`.
        """
        folder = self.home / "dbt" / target
        self.run("dbt", command, "--target", target, "--target-path", folder, *arguments)

    def last_run(self, target: str) -> Run:
        """What dbt wrote of its last run on a target."""
        return Run.read(self.home / "dbt" / target / "run_results.json")

    def measure(self, work: Callable[[], object]) -> Usage:
        """What some work took, on the part of this process' programs and of the engines."""
        with Meter(self.home) as meter:
            work()
        return meter.usage

    def query(
        self, statement: str, engine: str = "POSTGRES", parameters: Sequence[object] | None = None
    ) -> list[tuple[Any, ...]]:
        """Run a statement on PostgreSQL or GREENPLUM in a session of its own."""
        with closing(psycopg2.connect(self.address(engine))) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement, parameters)
                return cursor.fetchall() if cursor.description else []

    def address(self, engine: str = "POSTGRES") -> str:
        """The URL of PostgreSQL or GREENPLUM."""
        environ = self.environ
        user, password, host, port, database = (
            environ[f"{engine}_{name}"] for name in ("USER", "PASSWORD", "HOST", "PORT", "DATABASE")
        )
        return f"postgresql://{user}:{password}@{host}:{port}/{database}"

    def clickhouse(self) -> clickhouse_connect.driver.client.Client:
        """A client of ClickHouse."""
        environ = self.environ
        return clickhouse_connect.get_client(
            host=environ["CLICKHOUSE_HOST"],
            port=int(environ["CLICKHOUSE_PORT"]),
            username=environ["CLICKHOUSE_USER"],
            password=environ["CLICKHOUSE_PASSWORD"],
        )

    def write_sales(self, day: str, lines: Iterable[str]) -> None:
        """Write one more day's file of sales; each line ends with a line feed."""
        file = self.files / "sales_data" / f"sales_data_{day}.csv"
        file.write_text(_HEADER + "".join(lines), encoding="utf-8")

    def blocks(self) -> int:
        """Blocks of 8 KiB that PostgreSQL's sessions which have ended have read."""
        ((blocks,),) = self.query(
            "select blks_hit + blks_read from pg_stat_database where datname = current_database()"
        )
        return int(blocks)


@contextmanager
def warehouse() -> Iterator[Warehouse]:
    """A warehouse whose engines run."""
    # Whoever ends this process ends it as Ctrl+C does: engines and databases are cleared away.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="warehouse-benchmark-") as scratch:
        # PostgreSQL may run as another user.
        Path(scratch).chmod(0o755)
        made = Warehouse(Path(scratch))
        try:
            made.run("warehouse", "up")
            yield made
        finally:
            made.run("warehouse", "down")
