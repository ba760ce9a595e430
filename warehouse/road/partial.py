"""Builds or tests what is selected, each part on its engine, and sums it up."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from warehouse import terminal
from warehouse.dbt import FailedError
from warehouse.project import ENGINES
from warehouse.road import selection
from warehouse.road.steps import Step
from warehouse.runs.record import Run

_HEADER = ("engine", "built", "tested", "warned", "failed", "skipped")


def build(select: str, exclude: str, *options: str, run: Run) -> None:
    """Build and test what is selected.

    Args:
        select: As of dbt's option of this name; nothing selects all.
        exclude: As of dbt's option of this name.
        options: Further options of dbt's.
        run: Writes down what was built.

    Raises:
        UserError: Nothing is selected, or something failed; what needs it was not begun.
    """
    _run("build", selection.steps(select, exclude, selection.BUILT), *options, run=run)


def test(select: str, exclude: str, *, run: Run) -> None:
    """Run the tests that are selected, on all engines, whatever fails.

    Raises:
        UserError: Nothing is selected, or a test failed.
    """
    _run("test", selection.steps(select, exclude, selection.TESTS), run=run)


def _run(command: str, parts: Sequence[Step], *options: str, run: Run) -> None:
    steps = terminal.Steps(len(parts))
    rows: list[tuple[str, ...]] = []
    failure: FailedError | None = None
    for part in parts:
        if failure and command == "build":
            rows.append((ENGINES[part.target], "not begun", "", "", "", ""))
            continue
        with steps.step(part.title):
            try:
                with run.step(part.name, part.target) as record:
                    results = part.run(*options, command=command).results
                    record.ran(results)
            except FailedError as error:
                failure, results = failure or error, error.results
        rows.append((ENGINES[part.target], *_counted(results)))
    terminal.say()
    terminal.table(_HEADER, rows, numeric=range(1, len(_HEADER)))
    if failure:
        raise failure


def _counted(results: Sequence[Any]) -> list[str]:
    """How many nodes there are for each column behind the engine's."""
    counts: Counter[str] = Counter()
    for result in results:
        kind, status = result.node.resource_type, str(result.status)
        if kind == "operation":
            continue
        if status in ("success", "pass"):
            counts["tested" if kind == "test" else "built"] += 1
        else:
            counts[{"warn": "warned", "skipped": "skipped"}.get(status, "failed")] += 1
    return [str(counts[name]) for name in _HEADER[1:]]
