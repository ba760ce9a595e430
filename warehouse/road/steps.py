"""The road as data: which steps there are, in which order, on which engine, and what each builds.

Each step is a dbt command that can as well be typed: `dbt build --target …  --selector …`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse import project_files, terminal
from warehouse.archive import landing
from warehouse.dbt import Listener, dbt
from warehouse.road import same_project
from warehouse.runs.record import Run


@dataclass(frozen=True)
class Step:
    """What is built on one engine at a stretch.

    Attributes:
        name: What it is called where it is asked for.
        title: What is printed above it.
        target: The engine, which is dbt's target.
        selection: How dbt is told what to build.
        lands: The landing tables that it fills.
        of_same_project: How dbt is told what to build where the last build was of the same project;
            nothing where that is as much.
    """

    name: str
    title: str
    target: str
    selection: tuple[str, ...]
    lands: tuple[str, ...] = ()
    of_same_project: tuple[str, ...] = ()

    @property
    def hands_over(self) -> bool:
        """Whether sales go to the archive."""
        return not set(landing.SALES).isdisjoint(self.lands)

    def run(self, *options: str, command: str = "build", listener: Listener | None = None) -> Any:
        """Run the step to its end.

        Args:
            options: Further options of dbt's.
            command: dbt's command, `build` or `test`.
            listener: Is told each event of dbt's.

        Returns:
            dbt's results of the nodes.

        Raises:
            UserError: It failed; dbt has said why.
        """
        if self.lands and command == "build":
            landing.prepare(*self.lands)
        selection, project = self.selection, None
        if self.of_same_project and not options:
            project = project_files.fingerprint()
            if same_project.is_what_was_built(project):
                selection = self.of_same_project
        done = dbt(command, *selection, *options, target=self.target, listener=listener)
        if project:
            same_project.was_built(project)
        return done


STAR = Step(
    "star",
    "PostgreSQL: staging, quarantine and star",
    "postgres",
    ("--selector", "postgres"),
    of_same_project=("--selector", "postgres_tables"),
)
HOT = Step(
    "hot",
    "ClickHouse: hot sales, summaries, dimensions to Greenplum",
    "clickhouse",
    ("--selector", "daily"),
    lands=landing.DIMENSIONS,
)
HISTORY = Step(
    "history",
    "Greenplum: snapshots of the dimensions",
    "greenplum",
    ("--selector", "history"),
)
LAND = Step(
    "land",
    "ClickHouse: hand over to Greenplum",
    "clickhouse",
    ("--selector", "landing"),
    lands=(*landing.DIMENSIONS, *landing.SALES),
)
# What HOT and LAND do, at a stretch.
SERVE = Step(
    "serve",
    "ClickHouse: hot sales, summaries, hand over to Greenplum",
    "clickhouse",
    ("--selector", "whole"),
    lands=(*landing.DIMENSIONS, *landing.SALES),
)
ARCHIVE = Step(
    "archive",
    "Greenplum: archive, snapshots and analytics",
    "greenplum",
    ("--selector", "greenplum"),
)

Road = Sequence[Step]

# What a day brings; no sale goes into the archive.
DAILY: Road = (STAR, HOT, HISTORY)
# The months that are over.
MONTHLY: Road = (LAND, ARCHIVE)
# Both, with ClickHouse's part of them at a stretch.
WHOLE: Road = (STAR, SERVE, ARCHIVE)


ROADS: Mapping[str, Road] = {"daily": DAILY, "monthly": MONTHLY, "whole": WHOLE}


def walk(
    road: Road,
    *options: str,
    run: Run,
    hand_over: Mapping[str, str] | None = None,
    steps: terminal.Steps | None = None,
) -> None:
    """Run the steps of a road, one after the other.

    Args:
        road: The steps.
        options: Further options of dbt's, for each of them.
        run: Writes down what each of them did.
        hand_over: dbt's variables for what is handed over to the archive.
        steps: What numbers them, where they are part of something longer.

    Raises:
        UserError: A step failed; those behind it are not begun.
    """
    steps = steps or terminal.Steps(len(road))
    for step in road:
        variables = ("--vars", json.dumps(hand_over)) if hand_over and step.hands_over else ()
        with steps.step(step.title), run.step(step.name, step.target) as record:
            record.ran(step.run(*options, *variables).results)
