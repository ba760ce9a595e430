"""dbt's nodes as Dagster reads them, written when the service starts.

dbt takes seconds for it, and Dagster loads the definitions in each process of its own.
"""

import itertools
import json
from typing import Any

from warehouse.dbt import parsed, unique_ids
from warehouse.errors import UserError
from warehouse.orchestrate import manifest_path
from warehouse.reporting.catalogue import describe_copied_columns
from warehouse.road.selection import BUILT
from warehouse.road.steps import ROADS


def write() -> None:
    """Write down dbt's nodes, as they are now, and which of them each step of a road builds.

    Raises:
        UserError: dbt cannot read the project; it has said why.
    """
    found = parsed()
    manifest: dict[str, Any] = found.writable_manifest().to_dict(omit_none=False)
    for unique_id, node in manifest["nodes"].items():
        describe_copied_columns(node, manifest)
        if node["resource_type"] == "test":
            node["attached_node"] = _spoken_of(node, manifest)
            node["description"] = node["description"] or _opening_comment(node["raw_code"])
            # Also where it reads other tables than the one that it speaks of.
            children = manifest["child_map"].setdefault(node["attached_node"], [])
            if unique_id not in children:
                children.append(unique_id)
    manifest["built_by"] = {
        step.name: unique_ids(found, *step.selection, "--resource-type", *BUILT)
        for road in ROADS.values()
        for step in road
    }
    manifest_path().parent.mkdir(parents=True, exist_ok=True)
    written = manifest_path().with_suffix(".new")
    written.write_text(json.dumps(manifest, default=str), encoding="utf-8")
    written.replace(manifest_path())


def _opening_comment(sql: str) -> str:
    """What a test says of itself."""
    lines = itertools.takewhile(lambda line: line.startswith("--"), sql.splitlines())
    return " ".join(line.removeprefix("--").strip() for line in lines)


def _spoken_of(test: dict[str, Any], manifest: dict[str, Any]) -> str:
    """The node that a test speaks of: what it is declared at, or what its `speaks_of` names.

    Raises:
        UserError: It reads several tables, and does not say.
    """
    if test.get("attached_node"):
        return str(test["attached_node"])
    parents: list[str] = test["depends_on"]["nodes"]
    if name := test["config"]["meta"].get("speaks_of"):
        return _named(name, manifest)
    # The name of a test that is declared at a source holds the name of the source's table.
    named = [parent for parent in parents if parent.split(".")[-1] in test["name"]] or parents
    if len(named) == 1 or (named and "test_metadata" in test):
        return max(named, key=len)
    raise UserError(
        f"the test {test['name']} does not say of what it speaks: "
        "{{ config(meta={'speaks_of': '…'}) }} names a model or a source's table"
    )


def _named(name: str, manifest: dict[str, Any]) -> str:
    for unique_id, node in (*manifest["nodes"].items(), *manifest["sources"].items()):
        if node["name"] == name and node["resource_type"] != "test":
            return str(unique_id)
    raise UserError(f"a test speaks of {name!r}: there is no such model, and no such source")
