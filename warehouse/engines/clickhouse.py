"""The embedded ClickHouse: the bridge's process, which is a ClickHouse server to its clients."""

import http.client
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from warehouse import project
from warehouse.engines import configuration, ports, processes
from warehouse.engines.configuration import Configuration
from warehouse.errors import UserError

_MODULE = "warehouse.bridge"
_DATA = "WAREHOUSE_BRIDGE_DATA"
_START_SECONDS = 300
_STOP = ((signal.SIGTERM, 60.0), (signal.SIGKILL, 10.0))


@dataclass(frozen=True)
class ClickHouse:
    """The server of one warehouse."""

    home: Path

    @property
    def data(self) -> Path:
        """The engine's data folder."""
        return self.home / "clickhouse"

    def process(self) -> psutil.Process | None:
        """The running server, if there is one."""
        return processes.find(_MODULE, _DATA, str(self.data))

    def check(self, settings: Configuration) -> None:
        """Raise a UserError if the server cannot be started on its port."""
        port = settings.clickhouse_port
        process = self.process()
        if process is None:
            ports.require_free(settings.clickhouse_listen, port, "CLICKHOUSE_PORT")
        elif (running := process.environ()["CLICKHOUSE_PORT"]) != str(port):
            raise UserError(
                f"ClickHouse runs on port {running}, and CLICKHOUSE_PORT is {port}: "
                "run 'make down' first"
            )

    def start(self, settings: Configuration) -> None:
        """Start the server, if it does not run, and wait until it answers."""
        process = self.process()
        if process and not _access(settings).items() <= process.environ().items():
            # `engines.env` was lost or changed, or the list of who may read what.
            self.stop()
            process = None
        if process is None:
            self._run(settings)
            return
        if not _await(settings, process.is_running):
            raise UserError(
                f"ClickHouse (process {process.pid}) does not answer on {_address(settings)}: "
                "run 'make down', then 'make up'"
            )

    def stop(self) -> bool:
        """Stop the server and wait for its end; returns whether it ran."""
        process = self.process()
        if process is None:
            return False
        processes.stop(process, _STOP)
        return True

    def _run(self, settings: Configuration) -> None:
        log = processes.Log(self.home / "logs" / "clickhouse.log")
        server = processes.spawn(
            # -P: a folder that happens to be called `warehouse` is not taken for the package.
            [sys.executable, "-P", "-m", _MODULE],
            log,
            {
                **os.environ,
                _DATA: str(self.data),
                "CLICKHOUSE_PORT": str(settings.clickhouse_port),
                **_access(settings),
            },
        )
        if not _await(settings, lambda: server.poll() is None):
            raise UserError(f"ClickHouse does not start: {log.last_line()} (see {log.path})")


def _access(settings: Configuration) -> dict[str, str]:
    """Who may enter, and what of ClickHouse's own whoever reports may read."""
    reports = project.variables()["roles"].get(configuration.REPORTING, {})
    readable = set(reports.get("reads_impersonal", ())) & set(project.SCHEMAS["clickhouse"])
    return {
        "CLICKHOUSE_USER": configuration.USER,
        "CLICKHOUSE_PASSWORD": settings.clickhouse_password,
        "CLICKHOUSE_REPORTING_USER": configuration.REPORTING,
        "CLICKHOUSE_REPORTING_PASSWORD": settings.clickhouse_reporting_password,
        "WAREHOUSE_BRIDGE_READS": ",".join(sorted(readable)),
    }


def _address(settings: Configuration) -> str:
    return f"{settings.clickhouse_host}:{settings.clickhouse_port}"


def _await(settings: Configuration, is_alive: Callable[[], bool]) -> bool:
    """Wait until the server answers; returns whether it did before it ended or time was up."""
    deadline = time.monotonic() + _START_SECONDS
    while is_alive() and time.monotonic() < deadline:
        if _answers(settings):
            return True
        time.sleep(0.05)
    return False


def _answers(settings: Configuration) -> bool:
    connection = http.client.HTTPConnection(
        settings.clickhouse_host, settings.clickhouse_port, timeout=5
    )
    try:
        connection.request("GET", "/ping")
        return connection.getresponse().read() == b"Ok.\n"
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
