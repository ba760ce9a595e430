"""What dbt_project.yml says that the commands must know as well: it is said there alone."""

import functools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from warehouse import environment

# By the name of the column, what YAML says of it.
Columns = dict[str, dict[str, Any]]


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


def columns(model: str) -> Columns:
    """The columns of a model by their names."""
    return with_copied(meta(model), _own_columns(model), _own_columns)


def _own_columns(model: str) -> Columns:
    return {column["name"]: column for column in _described()[model].get("columns", ())}


def with_copied(
    meta: Mapping[str, Any], own: Columns, columns_of: Callable[[str], Columns]
) -> Columns:
    """Put the columns that a model has of another one, where they are described, before its own.

    Which these are is what the macro `columns_of` (macros/contracts/copies.sql) says.

    Args:
        meta: That of the model.
        own: The columns that are described with it.
        columns_of: Tells those that are described with the other model.
    """
    copied = meta.get("copies") or meta.get("attributes_of")
    found = {
        name: column
        for name, column in (columns_of(copied) if copied else {}).items()
        if _is_copied(name, column.get("config", {}).get("meta", {}), every="copies" in meta)
    }
    return found | own


def _is_copied(name: str, about: Mapping[str, Any], *, every: bool) -> bool:
    stays = name.startswith("_") or about.get("copied") is False
    return "attribute" in about or (every and not stays)


# What a sale names by a number of its source system, in the singular.
DIMENSIONS: Sequence[str] = variables()["dimensions"]

# What the lines of files become in staging, and the table of the star for the acceptable ones.
STAR: Mapping[str, str] = {
    "sale_lines": "fct_sales",
    **{f"{dimension}s": f"dim_{dimension}" for dimension in DIMENSIONS},
    "exchange_rates": "fct_exchange_rates",
}

# The dbt targets in the order of the road, and their names for people.
ENGINES = {"postgres": "PostgreSQL", "clickhouse": "ClickHouse", "greenplum": "Greenplum"}

# The engine that builds the nodes with a tag.
BUILT_ON: Mapping[str, str] = {
    tag: engine for engine, tags in variables()["builds"].items() for tag in tags
}

# The schemas that lie on each engine, and the engine on which each lies.
SCHEMAS: Mapping[str, Sequence[str]] = variables()["schemas"]
LIES_ON: Mapping[str, str] = {
    schema: engine for engine, schemas in SCHEMAS.items() for schema in schemas
}
