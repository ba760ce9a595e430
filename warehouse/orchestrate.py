"""`warehouse orchestrate`: Dagster's page and daemon over the project's own definitions.

Dagster itself is started as a program of its own: nothing here imports it.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import click

from warehouse import environment, terminal
from warehouse.dbt import parsed, unique_ids
from warehouse.engines import lifecycle
from warehouse.engines.lock import exclusive
from warehouse.engines.ports import require_free
from warehouse.errors import UserError
from warehouse.reporting.catalogue import describe_copied_columns
from warehouse.road.selection import BUILT
from warehouse.road.steps import ROADS

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
  sensor: {{purge_after_days: {{skipped: 1, success: {KEPT_DAYS}, failure: {KEPT_DAYS}, started: 1}}}}
"""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=3000, show_default=True)
@lifecycle.with_engines
def orchestrate(host: str, port: int) -> None:
    """Run the roads at their times, with a page to look at; Ctrl+C ends it."""
    require_free(host, port, "--port (make: PORT=)")
    home = dagster_home()
    with exclusive(environment.home(), "orchestrate", patience=0) as descriptor:
        home.mkdir(parents=True, exist_ok=True)
        (home / "dagster.yaml").write_text(_INSTANCE, encoding="utf-8")
        write_manifest()
        terminal.say(f"Dagster's page: http://{host}:{port} (Ctrl+C ends it)")
        _become_dagster(home, host, port, descriptor)


def dagster_home() -> Path:
    """The folder of all that Dagster keeps."""
    return environment.home() / "dagster"


def manifest_path() -> Path:
    """The file with dbt's nodes of the three engines."""
    return dagster_home() / "manifest.json"


def write_manifest() -> None:
    """Write down dbt's nodes, as they are now, and which of them each step of a road builds.

    Raises:
        UserError: dbt cannot read the project; it has said why.
    """
    manifest: dict[str, Any] = parsed().writable_manifest().to_dict(omit_none=False)
    for unique_id, node in manifest["nodes"].items():
        describe_copied_columns(node, manifest)
        if node["resource_type"] == "test":
            node["attached_node"] = _spoken_of(node, manifest)
            # Also where it reads other tables than the one that it speaks of.
            children = manifest["child_map"].setdefault(node["attached_node"], [])
            if unique_id not in children:
                children.append(unique_id)
    manifest["built_by"] = {
        step.name: unique_ids(*step.selection, "--resource-type", *BUILT)
        for road in ROADS.values()
        for step in road
    }
    manifest_path().parent.mkdir(parents=True, exist_ok=True)
    written = manifest_path().with_suffix(".new")
    written.write_text(json.dumps(manifest, default=str), encoding="utf-8")
    written.replace(manifest_path())


def _spoken_of(test: dict[str, Any], manifest: dict[str, Any]) -> str:
    """The node that a test speaks of: what it is declared at, or what its `speaks_of` names.

    Raises:
        UserError: It reads several tables, and does not say.
    """
    if test.get("attached_node"):
        return str(test["attached_node"])
    parents: list[str] = test["depends_on"]["nodes"]
    if name := test["config"]["meta"].get("speaks_of"):
        return next(
            unique_id
            for kind in ("nodes", "sources")
            for unique_id, node in manifest[kind].items()
            if node["name"] == name and node["resource_type"] != "test"
        )
    # The name of a test that is declared at a source holds the name of the source's table.
    named = [parent for parent in parents if parent.split(".")[-1] in test["name"]] or parents
    if len(named) == 1 or (named and "test_metadata" in test):
        return max(named, key=len)
    raise UserError(
        f"the test {test['name']} does not say of what it speaks: "
        "{{ config(meta={'speaks_of': '…'}) }} names a model or a source's table"
    )


def _become_dagster(home: Path, host: str, port: int, descriptor: int) -> None:
    os.set_inheritable(descriptor, True)  # held for as long as Dagster runs
    environ = {
        **os.environ,
        "DAGSTER_HOME": str(home),
        "WAREHOUSE_PAGE": f"http://{host}:{port}",
    }
    program = str(Path(sys.prefix) / "bin" / "dagster")
    line = [
        *(program, "dev", "--host", host, "--port", str(port)),
        *("--module-name", "orchestration.definitions"),
        *("--working-directory", str(environment.ROOT), "--log-level", "warning"),
    ]
    os.chdir(environment.ROOT)
    os.execve(program, line, environ)
