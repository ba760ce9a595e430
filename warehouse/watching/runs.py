"""Figures of the last run of each road, from what its steps wrote down."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from warehouse.runs import record
from warehouse.runs.history import by_run
from warehouse.runs.nodes import FAILED, WARNED
from warehouse.runs.record import Step

Figure = tuple[str, tuple[str, ...], float]

# Name → what it tells, and its labels. One per road stands for its last run.
DESCRIBED = {
    "warehouse_run_timestamp_seconds": ("When the last run began.", ("road",)),
    "warehouse_run_succeeded": ("1 if all steps of the last run did, else 0.", ("road",)),
    "warehouse_run_last_success_timestamp_seconds": (
        "When the last run that succeeded began.",
        ("road",),
    ),
    "warehouse_run_duration_seconds": ("How long the steps of the last run took.", ("road",)),
    "warehouse_run_tests": ("Tests of the last run by result.", ("road", "result")),
    "warehouse_run_loaded_lines": ("Lines that the last run loaded.", ("road",)),
    "warehouse_run_rejected_lines": ("Lines of them that no parser takes.", ("road",)),
    "warehouse_run_refused_files": ("Files that the last run refused.", ("road",)),
    "warehouse_run_quarantined_lines": ("Lines that it put into quarantine.", ("road",)),
    "warehouse_step_succeeded": ("1 if the step did in the last run, else 0.", ("road", "step")),
    "warehouse_step_duration_seconds": ("How long the step took.", ("road", "step")),
    "warehouse_step_written_rows": ("Rows that its models wrote.", ("road", "step")),
    "warehouse_step_peak_memory_bytes": (
        "The most memory of the process that ran it, not of the engines.",
        ("road", "step"),
    ),
}


def figures() -> Iterator[Figure]:
    """Name, label values and value of each figure."""
    roads: dict[str, list[list[Step]]] = {}
    for steps in by_run(record.read()):
        roads.setdefault(steps[0].road, []).append(steps)
    for road, runs in roads.items():
        succeeded = [steps for steps in runs if _succeeded(steps)]
        if succeeded:
            yield "warehouse_run_last_success_timestamp_seconds", (road,), _began(succeeded[-1])
        for name, labels, value in _of_run(runs[-1]):
            yield name, (road, *labels), value


def _of_run(steps: Sequence[Step]) -> Iterator[Figure]:
    yield "warehouse_run_timestamp_seconds", (), _began(steps)
    yield "warehouse_run_succeeded", (), float(_succeeded(steps))
    yield "warehouse_run_duration_seconds", (), sum(step.seconds for step in steps)
    tests = [node["status"] for step in steps for node in step.nodes if "test" in node]
    counts = {
        "passed": sum(step.tests_passed for step in steps),
        "warned": tests.count(WARNED),
        "failed": sum(status in FAILED for status in tests),
    }
    for result, count in counts.items():
        yield "warehouse_run_tests", (result,), count
    if loads := [step.load for step in steps if step.load]:
        yield "warehouse_run_loaded_lines", (), sum(load["lines"] for load in loads)
        yield "warehouse_run_rejected_lines", (), sum(load["rejected"] for load in loads)
        yield "warehouse_run_refused_files", (), sum(len(load["refused"]) for load in loads)
    quarantined = [step.quarantined for step in steps if step.quarantined is not None]
    if quarantined:
        yield "warehouse_run_quarantined_lines", (), sum(quarantined)
    for step in steps:
        yield "warehouse_step_succeeded", (step.step,), float(_succeeded([step]))
        yield "warehouse_step_duration_seconds", (step.step,), step.seconds
        yield "warehouse_step_written_rows", (step.step,), _written(step)
        if step.peak_bytes:
            yield "warehouse_step_peak_memory_bytes", (step.step,), step.peak_bytes


def _written(step: Step) -> float:
    return sum(node["rows_written"] or 0 for node in step.nodes if "test" not in node)


def _succeeded(steps: Sequence[Step]) -> bool:
    return all(step.status == "done" for step in steps)


def _began(steps: Sequence[Step]) -> float:
    return datetime.fromisoformat(steps[0].started_at).timestamp()
