"""What dbt_project.yml says that the commands must know as well: it is said there alone."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from warehouse import environment


@functools.cache
def variables() -> Mapping[str, Any]:
    """The `vars` of the project."""
    path = environment.ROOT / "dbt_project.yml"
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))["vars"]
    return found


# The dbt targets in the order of the road, and their names for people.
ENGINES = {"postgres": "PostgreSQL", "clickhouse": "ClickHouse", "greenplum": "Greenplum"}

# The engine that builds the nodes with a tag.
BUILT_ON: Mapping[str, str] = {
    tag: engine for engine, tags in variables()["builds"].items() for tag in tags
}

# The schemas that lie on each engine.
SCHEMAS: Mapping[str, Sequence[str]] = variables()["schemas"]
