"""`warehouse history`: the last runs, from the lines that their steps wrote."""

from collections.abc import Iterable
from itertools import groupby

import click

from warehouse import terminal
from warehouse.runs import record
from warehouse.runs.nodes import WARNED, tests_gone_wrong
from warehouse.runs.record import Step

_HEADER = ("began (UTC)", "road", "by", "took", "lines", "rejected", "quarantined", "memory")
_NUMERIC = range(3, 8)


@click.command()
@click.option("--runs", type=click.IntRange(min=1), default=10, show_default=True)
def history(runs: int) -> None:
    """Print the last runs of the road: when, how long, what they brought, and what went wrong."""
    found = by_run(record.read())
    if not found:
        terminal.say("No run is written down yet: 'make run' makes one.")
        return
    header = (*_HEADER, "steps", "result")
    terminal.table(header, [_row(steps) for steps in found[-runs:]], numeric=_NUMERIC)


def by_run(steps: Iterable[Step]) -> list[list[Step]]:
    """The steps of each run, the run that began first being the first.

    A failure after which the step was tried again is none of the run.
    """
    order: dict[str, list[Step]] = {}
    for run, its_steps in groupby(steps, key=lambda step: step.run):
        order.setdefault(run, []).extend(its_steps)
    return [_without_those_tried_again(run) for run in order.values()]


def _without_those_tried_again(steps: list[Step]) -> list[Step]:
    attempts = [(step.step, step.attempt) for step in steps]
    return [
        step
        for place, step in enumerate(steps)
        if step.status == "done" or (step.step, step.attempt + 1) not in attempts[place + 1 :]
    ]


def problems(steps: Iterable[Step]) -> list[str]:
    """What went wrong in a run, a line each."""
    found = []
    for step in steps:
        if step.status != "done":
            found.append(f"{step.step} {step.status}" + (f": {step.why}" if step.why else ""))
        for node in tests_gone_wrong(step.nodes):
            verb = "warned" if node["status"] == WARNED else "failed"
            found.append(f"{verb} {node['test']} ({node['rows'] or 0:,} rows)")
    return found


def _row(steps: list[Step]) -> tuple[str, ...]:
    loads = [step.load for step in steps if step.load]
    peaks = [step.peak_bytes for step in steps if step.peak_bytes]
    quarantined = [step.quarantined for step in steps if step.quarantined is not None]
    wrong = problems(steps)
    return (
        steps[0].started_at[:16].replace("T", " "),
        steps[0].road,
        steps[0].by,
        terminal.duration(sum(step.seconds for step in steps)),
        f"{sum(load['lines'] for load in loads):,}" if loads else "",
        f"{sum(load['rejected'] for load in loads):,}" if loads else "",
        f"{sum(quarantined):,}" if quarantined else "",
        terminal.size(max(peaks)) if peaks else "",
        " ".join(step.step for step in steps),
        (wrong[0] + (f", and {len(wrong) - 1} more" if wrong[1:] else "")) if wrong else "done",
    )
