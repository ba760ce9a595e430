"""Where dbt's time went: its last run on each engine, from the results that it writes itself.

Source: https://docs.getdbt.com/reference/artifacts/run-results-json
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from warehouse import terminal
from warehouse.dbt import last_results
from warehouse.errors import UserError
from warehouse.runs.nodes import rows_written

# What does work; `dbt docs generate` writes results, too.
_COMMANDS = ("build", "run", "seed", "snapshot", "test")


@dataclass
class Run:
    """One run of dbt."""

    which: str
    command: str
    started: datetime
    ended: datetime
    nodes: list[dict[str, Any]]

    @classmethod
    def read(cls, path: Path) -> "Run":
        """Read what dbt wrote of it.

        Raises:
            UserError: The file is no such results.
        """
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                which=found["args"]["which"],
                command=_command(found["args"]),
                started=datetime.fromisoformat(found["metadata"]["invocation_started_at"]),
                ended=datetime.fromisoformat(found["metadata"]["generated_at"]),
                nodes=[node for node in found["results"] if node["timing"]],
            )
        except (ValueError, KeyError) as error:
            raise UserError(f"{path} is not what dbt writes of a run: build again") from error

    @property
    def seconds(self) -> float:
        """From its start to its end."""
        return (self.ended - self.started).total_seconds()

    @property
    def seconds_before_nodes(self) -> float:
        """Until the first node began: Python's start, reading the project, asking for tables."""
        begun = [datetime.fromisoformat(node["timing"][0]["started_at"]) for node in self.nodes]
        return (min(begun, default=self.ended) - self.started).total_seconds()


def _command(arguments: dict[str, Any]) -> str:
    """What was asked for; dbt notes the command line of the process that it ran in."""
    words = ["dbt", arguments["which"]]
    for option in ("selector", "target"):
        if arguments.get(option):
            words += [f"--{option}", arguments[option]]
    return " ".join(words)


@click.command()
@click.option("--nodes", type=click.IntRange(min=1), default=15, show_default=True)
def timings(nodes: int) -> None:
    """Print how long dbt's last run on each engine took, and its slowest nodes."""
    runs = [run for path in last_results() if (run := Run.read(path)).which in _COMMANDS]
    if not runs:
        raise UserError("dbt has not run yet: 'make run' or 'make build' runs it")
    for run in sorted(runs, key=lambda run: run.started):
        terminal.say(
            f"{run.command}, {run.started:%Y-%m-%d %H:%M} UTC: {terminal.duration(run.seconds)}, "
            f"of it {terminal.duration(run.seconds_before_nodes)} before the first of "
            f"{len(run.nodes)} nodes"
        )
        slowest = sorted(run.nodes, key=lambda node: -node["execution_time"])
        header = ("seconds", "rows", "status", "node")
        terminal.table(header, [_line(node) for node in slowest[:nodes]], numeric=range(2))
        terminal.say()


def _line(node: dict[str, Any]) -> tuple[str, ...]:
    rows = rows_written(node["adapter_response"])
    kind, _, name = node["unique_id"].partition(".")
    return (
        f"{node['execution_time']:.1f}",
        "" if rows is None else f"{rows:,}",
        node["status"],
        f"{kind} {name.split('.')[1]}",
    )
