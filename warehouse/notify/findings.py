"""What of a run people should hear."""

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from warehouse import environment, terminal
from warehouse.errors import UserError
from warehouse.notify.message import without_values
from warehouse.runs.nodes import WARNED, tests_gone_wrong
from warehouse.runs.record import Step

FAILED = "failed"
WARNING = "warning"

# A run is slow that takes so many times its usual, which so many runs before it tell.
_TIMES_USUAL = 3
_RUNS_THAT_TELL = 5
_SHORT_SECONDS = 60
# Free space below this share of the disk is little.
_LITTLE_SPACE = 0.05


@dataclass(frozen=True)
class Finding:
    """One thing to hear of.

    Attributes:
        kind: `failed`, or `warning` for what stops nothing.
        what: Names it, the same each time.
        text: A line for people.
        advice: What to do.
    """

    kind: str
    what: str
    text: str
    advice: str


def of(steps: Sequence[Step], earlier: Sequence[Sequence[Step]] = ()) -> list[Finding]:
    """The findings of a run, failures first.

    Args:
        steps: Its steps.
        earlier: Runs of the same road before it.

    Raises:
        UserError: A setting is none.
    """
    found = [*_failures(steps), *_tests(steps), *_loads(steps), *_pace(steps, earlier), *_disk()]
    return sorted(found, key=lambda finding: finding.kind != FAILED)


def _failures(steps: Sequence[Step]) -> Iterator[Finding]:
    for step in steps:
        if step.status == FAILED:
            why = without_values(step.why or "it did not say why")
            yield Finding(
                FAILED, f"step {step.step}", f"{step.step} failed: {why}",
                "mend it and run the road again: it goes on from there",
            )  # fmt: skip


def _tests(steps: Sequence[Step]) -> Iterator[Finding]:
    for step in steps:
        for node in tests_gone_wrong(step.nodes):
            kind = WARNING if node["status"] == WARNED else FAILED
            rows = f"{node['rows']:,} rows" if node["rows"] else "an error"
            yield Finding(
                kind, f"test {node['test']}", f"test {node['test']}: {rows}",
                f"'make test-data SELECT={node['test']}' runs it again; "
                "the schema test_failures keeps its rows",
            )  # fmt: skip


def _loads(steps: Sequence[Step]) -> Iterator[Finding]:
    most = _most_rejects()
    for load in (step.load for step in steps if step.load):
        for file in load["refused"]:
            yield Finding(
                WARNING, f"file {file}", f"{file} was refused",
                f"'make account FILE={file}' says why; mend the file, and load it again",
            )  # fmt: skip
        if load["lines"] and load["rejected"] / load["lines"] > most:
            yield Finding(
                WARNING, "rejects",
                f"{load['rejected']:,} of {load['lines']:,} lines are no rows of their files",
                "'make account' says of which",
            )  # fmt: skip


def _pace(steps: Sequence[Step], earlier: Sequence[Sequence[Step]]) -> Iterator[Finding]:
    names = [step.step for step in steps]
    alike = [
        sum(step.seconds for step in run)
        for run in earlier
        if [step.step for step in run] == names and all(step.status == "done" for step in run)
    ]
    took = sum(step.seconds for step in steps)
    if len(alike) < _RUNS_THAT_TELL or took < _SHORT_SECONDS:
        return
    usual = median(alike)
    if took > _TIMES_USUAL * usual:
        yield Finding(
            WARNING, "slow",
            f"it took {terminal.duration(took)}, and usually {terminal.duration(usual)}",
            "'make timings' says where the time went",
        )  # fmt: skip


def _disk() -> Iterator[Finding]:
    disk = shutil.disk_usage(environment.home())
    if disk.free / disk.total < _LITTLE_SPACE:
        yield Finding(
            WARNING, "disk", f"{terminal.size(disk.free)} are left on the disk of the warehouse",
            "make space before a run fails for want of it",
        )  # fmt: skip


def _most_rejects() -> float:
    text = os.environ.get("WAREHOUSE_NOTIFY_REJECTS", "0.01")
    try:
        share = float(text)
    except ValueError:
        share = -1
    if not 0 <= share <= 1:
        raise UserError(f"WAREHOUSE_NOTIFY_REJECTS is {text!r}: a share from 0 to 1 is needed")
    return share
