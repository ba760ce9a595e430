"""What is written down of the steps of a run is what the engines hold."""

import json
from typing import Any

from road.conftest import Road


def _first_run(shop: Road) -> dict[str, dict[str, Any]]:
    """The lines of the first run, by step."""
    text = (shop.warehouse.home / "logs" / "runs.jsonl").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    return {line["step"]: line for line in lines if line["run"] == lines[0]["run"]}


def test_each_step_of_a_run_has_a_line(shop: Road) -> None:
    steps = _first_run(shop)
    assert list(steps) == ["load", "star", "serve", "archive"]
    assert {step["road"] for step in steps.values()} == {"run"}
    assert all(step["status"] == "done" and step["seconds"] > 0 for step in steps.values())
    assert all(step["peak_bytes"] > 10_000_000 for step in steps.values())


def test_a_line_counts_what_came(shop: Road) -> None:
    steps, warehouse = _first_run(shop), shop.warehouse
    [[files, lines, rejected]] = warehouse.query(
        "select count(*), sum(lines_read)::int, sum(rows_rejected)::int from raw._loads"
    )
    assert steps["load"]["load"] == {
        "files": files,
        "lines": lines,
        "rejected": rejected,
        "refused": [],
    }
    [[quarantined]] = warehouse.query(
        "select sum(lines_quarantined)::int from quarantine.load_account"
    )
    assert steps["star"]["quarantined"] == quarantined > 0


def test_a_line_tells_of_each_table(shop: Road) -> None:
    steps, warehouse = _first_run(shop), shop.warehouse
    [[sales]] = warehouse.query("select count(*)::int from marts.fct_sales")
    nodes = {node.get("node"): node for step in steps.values() for node in step["nodes"]}
    fact, hot = nodes["marts.fct_sales"], nodes["serving.hot_sales"]
    assert fact["rows_written"] == fact["rows"] == sales
    assert hot["rows"] == sales
    assert fact["bytes"] > hot["bytes"] > 0
    assert nodes["archive.historical_sales"]["rows_written"] > 0


def test_the_last_runs_are_printed(shop: Road) -> None:
    output = shop.warehouse.run("warehouse", "history", "--runs", "1000").stdout
    assert "load star serve archive" in output.splitlines()[1]
    assert output.splitlines()[1].endswith("done")
