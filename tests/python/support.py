"""A warehouse of its own for tests, used as its users do: by its programs and its ports."""

import contextlib
import filecmp
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import clickhouse_connect
import forked
import psutil
import psycopg2

from warehouse import environment

PROGRAMS = Path(sys.prefix) / "bin"
# What dbt read of the project for the first warehouse, by target, for those that come after it; all
# processes of a test run share it.
PARSED = Path(os.environ.get("TESTS_PARSED") or tempfile.mkdtemp(prefix="parsed-"))
os.environ["TESTS_PARSED"] = str(PARSED)
_LEND = Path(__file__).parent / "lend_parse.py"
_TIMEOUT_SECONDS = 900


def clean_environment(home: Path, **settings: str) -> dict[str, str]:
    """Return this process's environment with none of the project's settings but those given."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(environment.PREFIXES)
    }
    return {
        **kept,
        "WAREHOUSE_HOME": str(home),
        "WAREHOUSE_ENV_FILE": os.devnull,
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        **settings,
    }


@dataclass(frozen=True)
class Warehouse:
    """A warehouse's folder and the settings that differ from the defaults."""

    home: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def environ(self) -> dict[str, str]:
        """The environment of its programs."""
        return clean_environment(self.home, **self.settings)

    def with_settings(self, **settings: str) -> "Warehouse":
        """Return the same warehouse with further settings."""
        return Warehouse(self.home, {**self.settings, **settings})

    def run(
        self, program: str, *arguments: str | Path, check: bool = True, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `warehouse`, `dbt`, `meltano`, … and return what it printed.

        Raises:
            AssertionError: it failed, and `check` is set; its output is the message.
        """
        start = self._fork if program in forked.MAINS and self._is_of_this_code else self._start
        done = start(PROGRAMS / program, [str(part) for part in arguments], cwd or environment.ROOT)
        if check and done.returncode != 0:
            command = " ".join(str(part) for part in (program, *arguments))
            raise AssertionError(f"{command}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        self._keep_parse()
        return done

    @property
    def _is_of_this_checkout(self) -> bool:
        """Whether its programs are those that this process would import."""
        return not any(name.startswith("PYTHON") for name in self.settings)

    @property
    def _is_of_this_code(self) -> bool:
        """Whether its programs are of this checkout, or of a copy of it with the same code."""
        if self._is_of_this_checkout:
            return True
        return "PYTHONPATH" in self.settings and _has_the_same_code(
            Path(self.settings["PYTHONPATH"])
        )

    def _fork(
        self, program: Path, arguments: list[str], cwd: Path
    ) -> subprocess.CompletedProcess[str]:
        return forked.run(program, arguments, self.environ, cwd, _TIMEOUT_SECONDS)

    def _start(
        self, program: Path, arguments: list[str], cwd: Path
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, *arguments],
            env=self.environ,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )

    def up(self) -> None:
        """Start the engines of a new warehouse, and spare dbt to read the project once more."""
        self.run("warehouse", "up")
        if self._in_own_databases and any(PARSED.iterdir()) and not (self.home / "dbt").exists():
            self.run("python", _LEND, PARSED)

    @property
    def _in_own_databases(self) -> bool:
        """Whether its databases are named as all others': their names stand in each node."""
        return not any(name.endswith("_DATABASE") for name in self.settings)

    def _keep_parse(self) -> None:
        """Keep what dbt has read, if it was of the project as it is."""
        if not (self._is_of_this_checkout and self._in_own_databases):
            return
        for parse in (self.home / "dbt").glob("*/partial_parse.msgpack"):
            kept = PARSED / parse.parent.name / parse.name
            if parse.parent.name != "other" and not kept.exists():
                kept.parent.mkdir(parents=True, exist_ok=True)
                partial = kept.with_suffix(f".{os.getpid()}")
                shutil.copy(parse, partial)
                partial.rename(kept)

    def dbt(
        self, *arguments: str, target: str, check: bool = True, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run dbt on a target as the road does, with its parse cache: to parse anew takes longer.

        Raises:
            AssertionError: as of `run`.
        """
        # With other variables the cache holds for nothing, and would be lost for the next.
        path = self.home / "dbt" / "other" if "--vars" in arguments else self.target_path(target)
        here = self.with_settings(DBT_TARGET_PATH=str(path))
        return here.run("dbt", *arguments, "--target", target, check=check, cwd=cwd)

    def target_path(self, target: str) -> Path:
        """The folder in which the road has dbt keep what it compiled for a target."""
        return self.home / "dbt" / target

    def setting(self, name: str) -> str:
        """Return a setting as the warehouse's programs see it."""
        environ = self.environ
        environment.load(environ)
        return environ[name]

    def connect(self, engine: str = "POSTGRES") -> Any:
        """Return a psycopg2 connection to the warehouse's PostgreSQL, or to its `GREENPLUM`."""
        connection = psycopg2.connect(
            host=self.setting(f"{engine}_HOST"),
            port=self.setting(f"{engine}_PORT"),
            user=self.setting(f"{engine}_USER"),
            password=self.setting(f"{engine}_PASSWORD"),
            dbname=self.setting(f"{engine}_DATABASE"),
            connect_timeout=10,
        )
        connection.autocommit = True
        return connection

    def query(self, statement: str, engine: str = "POSTGRES") -> list[tuple[Any, ...]]:
        """Run a statement on PostgreSQL or Greenplum and return its rows, if it has any."""
        connection = self.connect(engine)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return [] if cursor.description is None else cursor.fetchall()
        finally:
            connection.close()

    def clickhouse(self) -> Any:
        """Return a client of the warehouse's ClickHouse."""
        return clickhouse_connect.get_client(
            host=self.setting("CLICKHOUSE_HOST"),
            port=int(self.setting("CLICKHOUSE_PORT")),
            username=self.setting("CLICKHOUSE_USER"),
            password=self.setting("CLICKHOUSE_PASSWORD"),
        )


def _has_the_same_code(project: Path) -> bool:
    ours = (environment.ROOT / "warehouse").rglob("*.py")
    pairs = ((path, project / path.relative_to(environment.ROOT)) for path in ours)
    return all(copy.exists() and filecmp.cmp(path, copy, shallow=False) for path, copy in pairs)


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until something is so; what never is ends the test."""
    for _ in range(3000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("what the test waits for does not happen")


def has_ended(process: psutil.Process) -> bool:
    """Whether a process does nothing any more, waited for or not."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def kill(process: psutil.Process) -> None:
    """End a process as a loss of power would."""
    process.kill()
    wait_for(lambda: has_ended(process))


@contextlib.contextmanager
def another_program(user: int) -> Iterator[psutil.Process]:
    """A process of a user's that has nothing to do with the warehouse."""
    program = subprocess.Popen(["sleep", "600"], user=user if os.geteuid() == 0 else None)
    try:
        yield psutil.Process(program.pid)
    finally:
        program.kill()
        program.wait()
