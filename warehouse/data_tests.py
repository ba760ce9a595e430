"""What dbt's tests of the data say of themselves, and of which table each speaks."""

import itertools
from typing import Any

from warehouse.errors import UserError


def opening_comment(sql: str) -> str:
    """What a test says of itself."""
    lines = itertools.takewhile(lambda line: line.startswith("--"), sql.splitlines())
    return " ".join(line.removeprefix("--").strip() for line in lines)


def spoken_of(test: dict[str, Any], manifest: dict[str, Any]) -> str:
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
