"""Times ways to load one and the same CSV file of made-up sales into PostgreSQL.

    .venv/bin/python -m benchmarks.ingestion --rows 10000000

Each way runs in processes of its own, on an embedded PostgreSQL of its own in a scratch folder,
which is emptied in between. The slow ways get the first `--slow-rows` lines only.

The stock Singer target is measured if `--singer` names a virtual environment in which
`meltanolabs-target-postgres` is installed. The lines are turned into messages here, without
Meltano, so that it is the target that is measured.
"""

import argparse
import csv
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import psycopg2

from warehouse import environment
from warehouse.engines import postgres

COLUMNS = ("sale_id", "sold_at", "product_id", "quantity", "unit_price", "customer_id")

PROGRAMS = Path(sys.prefix) / "bin"

PANDAS = """
import sys
import pandas, sqlalchemy
path, url, method = sys.argv[1:]
engine = sqlalchemy.create_engine(url)
for chunk in pandas.read_csv(path, dtype=str, keep_default_na=False, chunksize=10_000):
    chunk.to_sql("sales", engine, if_exists="append", index=False, method=method or None)
"""


@dataclass
class Measurement:
    """How long a way took, and the largest memory of each of its programs in bytes."""

    way: str
    rows: int
    seconds: float
    memory: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        memory = ", ".join(f"{name} {size >> 20} MB" for name, size in self.memory.items())
        rate = self.rows / self.seconds
        return f"| {self.way} | {self.rows:,} | {self.seconds:.1f} | {rate:,.0f} | {memory} |"


def write_sales(path: Path, rows: int) -> None:
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
        file.write(",".join(COLUMNS) + "\n")
        for first in range(0, rows, len(tails)):
            ids = range(first, min(first + len(tails), rows))
            file.write("".join(f"{number}{tails[number - first]}" for number in ids))


def measure(
    way: str,
    rows: int,
    command: Sequence[str | Path],
    environ: dict[str, str],
    stdin: int | None = None,
) -> Measurement:
    """Run a command to its end, and look at the memory of its processes twenty times a second."""
    started = time.monotonic()
    with subprocess.Popen(
        command, env=environ, stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        found = Measurement(way, rows, 0)
        watcher = threading.Thread(target=_watch, args=(process.pid, found.memory))
        watcher.start()
        _, errors = process.communicate()
        found.seconds = time.monotonic() - started
        watcher.join()
    if process.returncode:
        raise SystemExit(f"{way} failed:\n{errors.decode()}")
    return found


def _watch(pid: int, memory: dict[str, int]) -> None:
    root = psutil.Process(pid)
    with suppress(psutil.NoSuchProcess):
        while root.status() != psutil.STATUS_ZOMBIE:
            for process in (root, *root.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    name = process.name()
                    memory[name] = max(memory.get(name, 0), process.memory_info().rss)
            time.sleep(0.05)


@dataclass
class Benchmark:
    """A scratch folder with files and a server."""

    folder: Path
    rows: int
    slow_rows: int
    environ: dict[str, str]

    def psql(self, way: str, table: str, path: Path) -> Measurement:
        """Copy a file into the six columns of a table with psql."""
        command = f"\\copy {table} ({', '.join(COLUMNS)}) from '{path}' with (format csv, header)"
        program = postgres.programs() / "psql"
        return measure(way, self.rows, [program, "--no-psqlrc", "-c", command], self.environ)

    def copy(self) -> Measurement:
        r"""`\copy` into a table of the six columns."""
        self.query("drop table if exists sales; create table sales " + self.six_columns())
        return self.psql("`\\copy` of the six columns", "sales", self.one_file())

    def copy_into_raw(self) -> Measurement:
        r"""`\copy` into a table like the raw one, whose other four columns are filled in."""
        self.query(
            "drop table if exists sales; drop sequence if exists line; create sequence line "
            "cache 10000; create table sales "
            + self.six_columns().replace(
                ")",
                ", _source_file text not null default current_setting('application_name'), "
                "_source_line bigint not null default nextval('line'), "
                "_load_id bigint not null default length(current_setting('application_name')), "
                "_loaded_at timestamptz not null default now()); "
                "create index on sales using brin (_load_id) with (pages_per_range = 32)",
            )
        )
        return self.psql("`\\copy` into the columns of the raw table", "sales", self.one_file())

    def meltano(self, way: str, folder: Path, files_at_once: int) -> Measurement:
        """`meltano run load` of all files of a folder."""
        self.query("drop schema if exists raw cascade")
        environ = self.environ | {
            "SHOP_FILES": str(folder),
            "MELTANO_SYS_DIR_ROOT": tempfile.mkdtemp(dir=self.folder),
            "TARGET_WAREHOUSE_FILES_AT_ONCE": str(files_at_once),
        }
        found = measure(way, self.rows, [PROGRAMS / "meltano", "run", "load"], environ)
        if self.query("select count(*) from raw.sales_data") != [(self.rows,)]:
            raise SystemExit(f"{way}: not all rows are loaded")
        return found

    def pandas(self, method: str) -> Measurement:
        """`read_csv` and `to_sql`, 10,000 rows at a time."""
        self.query("drop table if exists sales; create table sales " + self.six_columns())
        environ = self.environ
        url = (
            f"postgresql+psycopg2://{environ['PGUSER']}@{environ['PGHOST']}:{environ['PGPORT']}"
            f"/{environ['PGDATABASE']}"
        )
        path = self.slow_file()
        way = f"pandas `to_sql`{', method=' + method if method else ''}"
        command: list[str | Path] = [sys.executable, "-c", PANDAS, path, url, method]
        return measure(way, self.slow_rows, command, environ)

    def singer(self, virtual_environment: Path) -> Measurement:
        """The stock Singer target, fed with a message for each line."""
        config = self.folder / "target.json"
        environ = self.environ
        config.write_text(
            json.dumps(
                {
                    "host": environ["PGHOST"],
                    "port": int(environ["PGPORT"]),
                    "user": environ["PGUSER"],
                    "password": environ["PGPASSWORD"],
                    "database": environ["PGDATABASE"],
                    "default_target_schema": "public",
                }
            )
        )
        config.chmod(0o600)
        self.query("drop table if exists sales")
        messages = self.folder / "messages.jsonl"
        write_messages(self.slow_file(), messages)
        with messages.open("rb") as stdin:
            return measure(
                "meltanolabs-target-postgres, defaults",
                self.slow_rows,
                [virtual_environment / "bin" / "target-postgres", "--config", config],
                environ,
                stdin.fileno(),
            )

    def one_file(self) -> Path:
        """The file."""
        return self.folder / "one" / "sales_data" / "sales.csv"

    def slow_file(self) -> Path:
        """Its first lines."""
        return self.folder / "slow.csv"

    @staticmethod
    def six_columns() -> str:
        """The columns of a table."""
        return f"({', '.join(f'{column} text' for column in COLUMNS)})"

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement, after which the server has nothing left to do."""
        environ = self.environ
        connection = psycopg2.connect(
            host=environ["PGHOST"],
            port=environ["PGPORT"],
            user=environ["PGUSER"],
            password=environ["PGPASSWORD"],
            dbname=environ["PGDATABASE"],
        )
        connection.autocommit = True
        with closing(connection), connection.cursor() as cursor:
            cursor.execute(statement)
            found = cursor.fetchall() if cursor.description else []
            cursor.execute("checkpoint")
            return found


def write_messages(path: Path, messages: Path) -> None:
    """Write the lines of a CSV file as Singer messages."""
    schema = {"properties": {column: {"type": ["string", "null"]} for column in COLUMNS}}
    with path.open(encoding="utf-8", newline="") as lines, messages.open("w") as out:
        message: dict[str, Any] = {"type": "SCHEMA", "stream": "sales", "key_properties": []}
        out.write(json.dumps(message | {"schema": schema}) + "\n")
        for record in csv.DictReader(lines):
            message = {"type": "RECORD", "stream": "sales", "record": record}
            out.write(json.dumps(message) + "\n")


def split(path: Path, folder: Path, files: int, rows: int) -> None:
    """Spread the lines of a file over several."""
    folder.mkdir(parents=True)
    with path.open("rb") as lines:
        header = next(lines)
        for number in range(files):
            share = rows * (number + 1) // files - rows * number // files
            with (folder / f"sales-{number:02}.csv").open("wb") as part:
                part.write(header)
                part.writelines(itertools.islice(lines, share))


@contextmanager
def server(folder: Path) -> Iterator[dict[str, str]]:
    """An embedded PostgreSQL, as the environment of its clients."""
    own = environment.PREFIXES
    environ = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    environ |= {"WAREHOUSE_HOME": str(folder / "home"), "WAREHOUSE_ENV_FILE": os.devnull}
    warehouse = PROGRAMS / "warehouse"
    subprocess.run([warehouse, "up"], env=environ, check=True, stdout=subprocess.DEVNULL)
    try:
        clients = dict(environ)
        environment.load(clients)
        for name in ("HOST", "PORT", "USER", "PASSWORD", "DATABASE"):
            environ[f"PG{name}"] = clients[f"POSTGRES_{name}"]
        yield environ
    finally:
        subprocess.run([warehouse, "down"], env=environ, check=False, stdout=subprocess.DEVNULL)


def measurements(benchmark: Benchmark, singer: Path | None) -> Iterator[Measurement]:
    """Measure one way after the other."""
    write_sales(benchmark.one_file(), benchmark.rows)
    write_sales(benchmark.slow_file(), benchmark.slow_rows)
    twenty = benchmark.folder / "twenty"
    split(benchmark.one_file(), twenty / "sales_data", 20, benchmark.rows)
    yield benchmark.copy()
    yield benchmark.copy_into_raw()
    yield benchmark.meltano("`meltano run load`, one file", benchmark.folder / "one", 2)
    for files_at_once in (1, 2, 4):
        way = f"`meltano run load`, 20 files, {files_at_once} at once"
        yield benchmark.meltano(way, twenty, files_at_once)
    for method in ("", "multi"):
        yield benchmark.pandas(method)
    if singer:
        yield benchmark.singer(singer)


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description="Times ways to load a CSV file into PostgreSQL.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--slow-rows", type=int, default=200_000)
    parser.add_argument("--singer", type=Path, help="a virtual environment of the stock target")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="warehouse-benchmark-") as scratch:
        folder = Path(scratch)
        # The server may run as another user, and reads nothing here but its own folder.
        folder.chmod(0o755)
        with server(folder) as environ:
            benchmark = Benchmark(folder, arguments.rows, arguments.slow_rows, environ)
            ((version,),) = benchmark.query("show server_version")
            print(f"PostgreSQL {version}, {os.cpu_count()} cores\n")
            print("| | rows | seconds | rows/s | largest memory |")
            print("| --- | --- | --- | --- | --- |")
            for found in measurements(benchmark, arguments.singer):
                print(found, flush=True)
    print(f"\nload average while this ran: {os.getloadavg()[1]:.1f}")


if __name__ == "__main__":
    main()
