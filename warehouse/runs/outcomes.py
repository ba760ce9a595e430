"""What each test said when it ran last."""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from warehouse import environment
from warehouse.dbt import last_results
from warehouse.runs import nodes

# By dbt's unique id: status, rows that failed, and the moment in UTC.
Outcomes = dict[str, dict[str, Any]]


def _path() -> Path:
    return environment.home() / "logs" / "tests.json"


def keep(results: Sequence[Any], moment: str) -> None:
    """Keep what the tests of a step said.

    Args:
        results: dbt's.
        moment: When the step began.
    """
    known = _read()
    for each in results:
        if nodes.is_test(each) and str(each.status) != "skipped":
            known[each.node.unique_id] = {
                "status": str(each.status), "rows": each.failures, "at": moment
            }  # fmt: skip
    # What is told of a run never fails it.
    with suppress(OSError):
        _path().parent.mkdir(parents=True, exist_ok=True)
        written = _path().with_suffix(".new")
        written.write_text(json.dumps(known), encoding="utf-8")
        written.replace(_path())


def of_tests() -> Outcomes:
    """The last outcome of each test, of a step of the road or of dbt by hand."""
    found = _read()
    for test, outcome in _by_hand():
        if test not in found or _moment(found[test]) < _moment(outcome):
            found[test] = outcome
    return found


def _read() -> Outcomes:
    try:
        known: Outcomes = json.loads(_path().read_text(encoding="utf-8"))
        return known
    except (OSError, ValueError):
        return {}


def _by_hand() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in last_results():
        with suppress(OSError, ValueError):
            said = json.loads(path.read_text(encoding="utf-8"))
            for each in said["results"]:
                is_test = each["unique_id"].split(".")[0] in ("test", "unit_test")
                if is_test and each["status"] != "skipped":
                    yield (
                        each["unique_id"],
                        {
                            "status": each["status"],
                            "rows": each["failures"],
                            "at": said["metadata"]["generated_at"],
                        },
                    )


def _moment(outcome: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(outcome["at"])
