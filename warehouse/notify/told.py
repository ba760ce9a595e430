"""Tells people of a run: when it was not well, and once when it is well again."""

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warehouse import environment, terminal
from warehouse.errors import UserError
from warehouse.notify import channels, findings
from warehouse.notify.findings import Finding
from warehouse.notify.message import FAILED, WARNED, WELL_AGAIN, Message
from warehouse.runs import history, record
from warehouse.runs.record import Step


def tell(run: str, *, road: str, link: str = "", unless_steps_say: Sequence[Finding] = ()) -> None:
    """Tell of a run what is to be told; what goes wrong in that fails nothing.

    A failure is told each time. A warning is told once, until another one joins it.

    Args:
        run: The id of a run that has ended.
        road: What it was a run of.
        link: Where to see more of it.
        unless_steps_say: What is known of it, if its steps tell of no failure.
    """
    try:
        _tell(run, road, link, unless_steps_say)
    except UserError as error:
        terminal.warn(f"nobody was told: {error}")


def _tell(run: str, road: str, link: str, unless_steps_say: Sequence[Finding]) -> None:
    runs = history.by_run(record.read())
    steps = next((steps for steps in runs if steps[0].run == run), [])
    earlier = [each for each in runs if each[0].road == road and each[0].run != run]
    found = findings.of(steps, earlier)
    if not any(finding.kind == findings.FAILED for finding in found):
        found = [*unless_steps_say, *found]
    state = _read()
    before: dict[str, Any] = state.get(road, {})
    whats = sorted({finding.what for finding in found})
    failed = any(finding.kind == findings.FAILED for finding in found)
    since = before.get("since") or datetime.now(UTC).isoformat(timespec="seconds")
    if found and (failed or not set(whats) <= set(before.get("told", ()))):
        event = FAILED if failed else WARNED
    elif before and not found:
        event = WELL_AGAIN
    else:
        event = ""
    state.pop(road, None)
    if found:
        state[road] = {"since": since, "told": whats}
    _write(state)
    if event:
        channels.send(Message(event, road, run, since, found, _lines(steps), link))


def _lines(steps: Sequence[Step]) -> int | None:
    loads = [step.load["lines"] for step in steps if step.load]
    return sum(loads) if loads else None


def _path() -> Path:
    return environment.home() / "logs" / "told.json"


def _read() -> dict[str, Any]:
    with suppress(FileNotFoundError, ValueError):
        found: dict[str, Any] = json.loads(_path().read_text(encoding="utf-8"))
        return found
    return {}


def _write(state: dict[str, Any]) -> None:
    _path().parent.mkdir(parents=True, exist_ok=True)
    written = _path().with_suffix(".new")
    written.write_text(json.dumps(state), encoding="utf-8")
    written.replace(_path())
