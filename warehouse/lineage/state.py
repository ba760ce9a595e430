"""How it stands with each table: its tests, when it was built, and how fresh its files are."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from warehouse import queries
from warehouse.data_tests import opening_comment, spoken_of
from warehouse.errors import UserError
from warehouse.ingest.sources import active_names
from warehouse.runs import outcomes, record

Json = Mapping[str, Any]

_LAST_LOADS = """
    select stream, max(finished_at) from raw._loads where status = 'loaded' group by stream
"""

NOT_RUN = "not run"


@dataclass(frozen=True)
class State:
    """How it stands with a table.

    Attributes:
        tests: What each of its tests said last, those that did not pass first.
        built: When a step of the road built it last.
        fresh: Of what comes from files, when the last one came, and how that is judged.
    """

    tests: list[dict[str, Any]] = field(default_factory=list)
    built: str | None = None
    fresh: dict[str, str] | None = None

    @property
    def said(self) -> str:
        """The tests, for people: `1 warn, 7 pass`."""
        counts = Counter(test["status"] for test in self.tests)
        return ", ".join(f"{count} {status}" for status, count in counts.items())


def of_tables(manifest: dict[str, Any]) -> Mapping[str, State]:
    """The state of each table by dbt's unique id, for those of which something is known.

    Args:
        manifest: dbt's of the project.
    """
    tests, built, fresh = _tests(manifest), _built_at(), _freshness(manifest)
    return {
        unique_id: State(tests.get(unique_id, []), built.get(unique_id), fresh.get(unique_id))
        for unique_id in {*tests, *built, *fresh}
    }


def _tests(manifest: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The tests of each node by its unique id, those that did not pass first."""
    last = outcomes.of_tests()
    found: dict[str, list[dict[str, Any]]] = {}
    for unique_id, test in (*manifest["nodes"].items(), *manifest["unit_tests"].items()):
        kind = test["resource_type"]
        is_of_code = kind == "unit_test" or "functions" in test.get("tags", ())
        if kind not in ("test", "unit_test") or (is_of_code and unique_id not in last):
            # No step of the road runs those of the code.
            continue
        about = test["description"] or opening_comment(test.get("raw_code", ""))
        node = test["depends_on"]["nodes"][0] if kind == "unit_test" else spoken_of(test, manifest)
        outcome = last.get(unique_id, {"status": NOT_RUN, "rows": None, "at": None})
        found.setdefault(node, []).append(
            {
                "name": test["name"],
                "description": about,
                "column": test.get("column_name"),
                **outcome,
            }
        )
    for each in found.values():
        each.sort(key=lambda test: (test["status"] in ("pass", NOT_RUN), test["name"]))
    return found


def _built_at() -> dict[str, str]:
    """When a step of the road built each table last."""
    return {
        node["id"]: step.started_at
        for step in record.read()
        for node in step.nodes
        if "node" in node and node["status"] == "success"
    }


def _freshness(manifest: Json) -> dict[str, dict[str, str]]:
    """When files of each source came last, and whether that is as it should be."""
    try:
        loaded = {load[0]: load[1] for load in queries.on_postgres(_LAST_LOADS)[1]}
    except UserError:
        return {}
    now = datetime.now(UTC)
    return {
        unique_id: {
            "at": loaded[source["name"]].isoformat(timespec="seconds"),
            "status": _judged(now - loaded[source["name"]], source),
        }
        for unique_id, source in manifest["sources"].items()
        if source["name"] in loaded
    }


def _judged(age: timedelta, source: Json) -> str:
    """As `dbt source freshness` judges: of a source that is not active no file is waited for."""
    if source["source_name"] not in active_names():
        return "pass"
    for status, key in (("error", "error_after"), ("warn", "warn_after")):
        limit = (source["freshness"] or {}).get(key) or {}
        if limit.get("count") and age > timedelta(**{limit["period"] + "s": limit["count"]}):
            return status
    return "pass"
