"""A line of JSON for each step of a run, when the step ends.

A step that is killed has no line; those before it have theirs.
"""

import json
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warehouse import environment
from warehouse.dbt import FailedError
from warehouse.errors import UserError
from warehouse.runs import loads, nodes, outcomes, peak

BY_COMMAND = "command"


@dataclass
class Step:
    """A step that has ended, or is under way.

    Attributes:
        run: What its run is told apart by.
        road: The name of what was asked for: run, build, archive, daily, monthly.
        by: What started it, a command or Dagster.
        step: Its name.
        engine: The dbt target that it builds on, if it does.
        started_at: The moment that it began, in UTC.
        attempt: How often it had failed before in this run, and was tried again.
        seconds: How long it took.
        status: done, failed, or stopped by the user.
        why: The first line of why it failed.
        peak_bytes: The most memory that this process held; the engines' own is not in it.
        load: What a load brought: files, lines, rejected lines, and the names of refused files.
        quarantined: Lines that the star put into quarantine in this step.
        tests_passed: How many tests passed.
        nodes: What was built, and the tests that did not pass.
    """

    run: str
    road: str
    by: str
    step: str
    engine: str | None
    started_at: str
    attempt: int = 0
    seconds: float = 0.0
    status: str = "done"
    why: str | None = None
    peak_bytes: int | None = None
    load: dict[str, Any] | None = None
    quarantined: int | None = None
    tests_passed: int = 0
    nodes: list[dict[str, Any]] = field(default_factory=list)

    def ran(self, results: Sequence[Any]) -> None:
        """Note what dbt says of the nodes that the step built and tested."""
        self.tests_passed = nodes.passed_tests(results)
        self.nodes = nodes.described(results, self.engine or "postgres")
        outcomes.keep(results, self.started_at)


class Run:
    """One run of a road, by a command or by Dagster."""

    def __init__(
        self,
        road: str,
        *,
        by: str = BY_COMMAND,
        run: str | None = None,
        attempt: int = 0,
        is_written: bool = True,
    ) -> None:
        """Begin a run.

        Args:
            road: The name of what was asked for.
            by: What started it.
            run: Its id, where it has one already.
            attempt: How often the steps that follow have failed before.
            is_written: Whether each step is written down when it ends, and not by `write`.
        """
        self.road = road
        self.by = by
        self.id = run or uuid.uuid4().hex
        self.attempt = attempt
        self.steps: list[Step] = []
        self._is_written = is_written

    @contextmanager
    def step(self, name: str, engine: str | None = None) -> Iterator[Step]:
        """Measure a step, and write its line when the block is left, however it is."""
        moment = datetime.now(UTC).isoformat(timespec="seconds")
        step = Step(self.id, self.road, self.by, name, engine, moment, self.attempt)
        taken = loads.taken() if engine == "postgres" else None
        began = time.monotonic()
        peak.forget()
        try:
            yield step
        except UserError as error:
            step.status = "failed"
            if isinstance(error, FailedError):
                step.ran(error.results)
                step.why = nodes.why(error.results)
            step.why = step.why or str(error).splitlines()[0]
            raise
        except KeyboardInterrupt:
            step.status = "stopped"
            raise
        except BaseException as error:
            step.status, step.why = "failed", f"{type(error).__name__}: {error}".splitlines()[0]
            raise
        finally:
            step.seconds = round(time.monotonic() - began, 2)
            step.peak_bytes = peak.reached()
            if taken is not None:
                step.quarantined = loads.quarantined_after(taken)
            self.steps.append(step)
            if self._is_written:
                _write(step)

    def write(self) -> None:
        """Write down the steps of a run that did not seem worth a line each while it went well."""
        for step in self.steps:
            _write(step)


def path() -> Path:
    """The file that holds the lines."""
    return environment.home() / "logs" / "runs.jsonl"


def _write(step: Step) -> None:
    # What is told of a run never fails it.
    with suppress(OSError):
        path().parent.mkdir(parents=True, exist_ok=True)
        with path().open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(step), default=str) + "\n")


def read() -> list[Step]:
    """All steps that were written down, the oldest first; a line cut short by a kill is none."""
    found = []
    with suppress(FileNotFoundError), path().open(encoding="utf-8") as file:
        for line in file:
            with suppress(ValueError, TypeError):
                found.append(Step(**json.loads(line)))
    return found
