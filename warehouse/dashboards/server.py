"""Superset's own process: an HTTP server that outlives the command that starts it."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
import urllib3

from warehouse import environment
from warehouse.dashboards.keys import Keys
from warehouse.engines import ports, processes
from warehouse.errors import UserError

_INSIDE = Path(__file__).parent / "inside"
_PROGRAMS = environment.ROOT / ".venv-superset" / "bin"
_SERVER = str(_PROGRAMS / "gunicorn")
_DATA = "SUPERSET_HOME"
_START_SECONDS = 300
_STOP = ((signal.SIGTERM, 30.0), (signal.SIGKILL, 10.0))


@dataclass(frozen=True)
class Superset:
    """The Superset of one warehouse."""

    home: Path

    @property
    def data(self) -> Path:
        """The folder of its database."""
        return self.home / "superset"

    @property
    def log(self) -> processes.Log:
        """What it says."""
        return processes.Log(self.home / "logs" / "superset.log")

    def process(self) -> psutil.Process | None:
        """The running server, if there is one: the parent of its workers."""
        return processes.find(_SERVER, _DATA, str(self.data))

    def address(self) -> str | None:
        """Where the running server listens."""
        process = self.process()
        if process is None:
            return None
        line = process.cmdline()
        return f"http://{line[line.index('--bind') + 1]}"

    def bring_up_to_date(self, rendered: Mapping[str, str], keys: Keys) -> None:
        """Make its tables and users, and import the dashboards."""
        self.data.mkdir(parents=True, exist_ok=True)
        # The files hold the engines' passwords: they are this user's alone, and gone afterwards.
        with tempfile.TemporaryDirectory(dir=self.data) as folder:
            for name, text in rendered.items():
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, "utf-8")
            log = self.log
            line = [str(_PROGRAMS / "python"), str(_INSIDE / "provision.py"), folder]
            done = processes.spawn(line, log, self._environ(keys)).wait()
        if done:
            raise UserError(f"Superset is not set up: {log.last_line()} (see {log.path})")

    def start(self, keys: Keys, host: str, port: int) -> str:
        """Start the server where it does not run, wait until it answers, and say where."""
        if (running := self.address()) is not None:
            self._await(running, lambda: self.process() is not None)
            return running
        ports.require_free(host, port, "PORT", where="")
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        line = [
            *(_SERVER, "--bind", place, "--workers", "1", "--threads", "8"),
            *("--worker-class", "gthread", "--timeout", "120", "superset.app:create_app()"),
        ]
        server = processes.spawn(line, self.log, self._environ(keys))
        self._await(f"http://{place}", lambda: server.poll() is None)
        return f"http://{place}"

    def stop(self) -> bool:
        """Stop the server and wait for its end; returns whether it ran."""
        process = self.process()
        if process is None:
            return False
        processes.stop(process, _STOP)
        return True

    def stay(self) -> None:
        """Wait until the server ends; whoever asks this process to end, ends it.

        Raises:
            UserError: It ended by itself.
        """
        asked: list[int] = []

        def end(number: int, _frame: object) -> None:
            asked.append(number)
            self.stop()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, end)
        if process := self.process():
            process.wait()
        if not asked:
            raise UserError(f"Superset has ended: {self.log.last_line()} (see {self.log.path})")

    def _await(self, address: str, is_alive: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while is_alive() and time.monotonic() < deadline:
            try:
                # /health answers before the pages do.
                if urllib3.request("GET", f"{address}/login/", retries=False).status == 200:
                    return
            except urllib3.exceptions.HTTPError:
                pass
            time.sleep(0.2)
        raise UserError(f"Superset does not answer on {address}: see {self.log.path}")

    def _environ(self, keys: Keys) -> dict[str, str]:
        # It needs none of the project's settings, and no password but its own.
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith((*environment.PREFIXES, "SUPERSET_", "FLASK_", "PYTHON"))
        }
        return {
            **kept,
            _DATA: str(self.data),
            "SUPERSET_CONFIG_PATH": str(_INSIDE / "superset_config.py"),
            "DASHBOARDS_SECRET_KEY": keys.secret,
            "DASHBOARDS_ADMIN_PASSWORD": keys.admin,
            "DASHBOARDS_VIEWER_PASSWORD": keys.viewer,
        }


def install() -> None:
    """Make Superset's environment, or do nothing if it is there."""
    done = subprocess.run([environment.ROOT / "scripts" / "venv.sh", "superset"], check=False)
    if done.returncode:
        raise UserError("Superset is not installed: it says why above")
