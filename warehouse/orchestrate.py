"""`warehouse orchestrate`: Dagster's page and daemon over the project's own definitions.

Dagster itself is started as a program of its own: nothing here imports it.
"""

import os
import subprocess
import sys
from pathlib import Path

import click

from warehouse import environment, terminal
from warehouse.engines import lifecycle
from warehouse.engines.lock import exclusive
from warehouse.engines.ports import require_free
from warehouse.errors import UserError

# Ticks of schedules and sensors are kept so many days; runs as many (orchestration/sensors.py).
KEPT_DAYS = 90

_INSTANCE = f"""\
# Written by `warehouse orchestrate`, anew each time.
telemetry: {{enabled: false}}
nux: {{enabled: false}}
# One road at a time: the next one waits in the queue.
concurrency: {{runs: {{max_concurrent_runs: 1}}}}
# A run whose process is gone has failed.
run_monitoring: {{enabled: true, poll_interval_seconds: 30}}
retention:
  schedule: {{purge_after_days: {KEPT_DAYS}}}
  sensor:
    purge_after_days: {{skipped: 1, started: 1, success: {KEPT_DAYS}, failure: {KEPT_DAYS}}}
"""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=3000, show_default=True)
@lifecycle.with_engines
def orchestrate(host: str, port: int) -> None:
    """Run the roads at their times, with a page to look at; Ctrl+C ends it."""
    os.chdir(environment.ROOT)
    require_free(host, port, "PORT", where="")
    home = dagster_home()
    with exclusive(environment.home(), "orchestrate", patience=0) as descriptor:
        home.mkdir(parents=True, exist_ok=True)
        (home / "dagster.yaml").write_text(_INSTANCE, encoding="utf-8")
        # In a process of its own, whose memory goes with it.
        prepared = subprocess.run([sys.executable, "-m", "orchestration.prepare"], check=False)
        if prepared.returncode:
            raise UserError("dbt cannot read the project: it says why above")
        terminal.say(f"Dagster's page: http://{host}:{port} (Ctrl+C ends it)")
        _become_dagster(home, host, port, descriptor)


def dagster_home() -> Path:
    """The folder of all that Dagster keeps."""
    return environment.home() / "dagster"


def manifest_path() -> Path:
    """The file with dbt's nodes of the three engines."""
    return dagster_home() / "manifest.json"


def _become_dagster(home: Path, host: str, port: int, descriptor: int) -> None:
    os.set_inheritable(descriptor, True)  # held for as long as Dagster runs
    environ = {
        **os.environ,
        "DAGSTER_HOME": str(home),
        "WAREHOUSE_PAGE": f"http://{host}:{port}",
        # It advises another command, which asks for a project of Dagster's own.
        "PYTHONWARNINGS": "ignore::FutureWarning",
    }
    program = str(Path(sys.prefix) / "bin" / "dagster")
    line = [
        *(program, "dev", "--host", host, "--port", str(port)),
        *("--module-name", "orchestration.definitions"),
        *("--working-directory", str(environment.ROOT), "--log-level", "warning"),
    ]
    os.execve(program, line, environ)  # noqa: S606
