"""What dbt_project.yml says that the commands must know as well: it is said there alone."""

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from warehouse import environment


@functools.cache
def variables() -> Mapping[str, Any]:
    """The `vars` of the project."""
    found: dict[str, Any] = _read(environment.ROOT / "dbt_project.yml")["vars"]
    return found


def _read(path: Path) -> Any:
    # The loader in C: each load imports this module, and the other one takes ten times as long.
    return yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)


@functools.cache
def _described() -> Mapping[str, Any]:
    """What YAML says of the models, by their names."""
    found: dict[str, Any] = {}
    for path in (environment.ROOT / "models").rglob("_*.yml"):
        found |= {model["name"]: model for model in _read(path).get("models", ())}
    return found


def meta(model: str) -> Mapping[str, Any]:
    """The `meta` of a model."""
    found: Mapping[str, Any] = _described()[model].get("config", {}).get("meta", {})
    return found


def columns(model: str) -> dict[str, Mapping[str, Any]]:
    """The columns of a model by their names, as the macro `columns_of` finds them."""
    found = {}
    if copied := meta(model).get("copies"):
        for column in _described()[copied]["columns"]:
            if not column["name"].startswith("_"):
                found[column["name"]] = column
    return found | {column["name"]: column for column in _described()[model].get("columns", ())}


# The dbt targets in the order of the road, and their names for people.
ENGINES = {"postgres": "PostgreSQL", "clickhouse": "ClickHouse", "greenplum": "Greenplum"}

# The engine that builds the nodes with a tag.
BUILT_ON: Mapping[str, str] = {
    tag: engine for engine, tags in variables()["builds"].items() for tag in tags
}

# The schemas that lie on each engine.
SCHEMAS: Mapping[str, Sequence[str]] = variables()["schemas"]
