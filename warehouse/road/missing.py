"""What a selection reads and was never built: it is built along with it."""

import functools
from collections.abc import Collection
from typing import Any

from warehouse import queries
from warehouse.project import LIES_ON, SCHEMAS

_TABLES = """
    select concat(table_schema, '.', table_name) from information_schema.tables
    where table_schema in ({})
"""


def ancestors(manifest: Any, chosen: Collection[str]) -> set[str]:
    """Find the models, seeds and snapshots that are to be built first.

    Args:
        manifest: dbt's.
        chosen: The unique ids of the selected nodes.

    Returns:
        The unique ids of those that the selected nodes need, be it by way of others that are
        missing, and that no engine has.

    Raises:
        UserError: An engine does not answer.
    """

    @functools.cache
    def tables(engine: str) -> set[str]:
        schemas = ", ".join(f"'{schema}'" for schema in SCHEMAS[engine])
        return {name for (name,) in queries.run(_TABLES.format(schemas), engine)[1]}

    found: set[str] = set()
    left = list(chosen)
    while left:
        for parent in getattr(manifest.nodes[left.pop()].depends_on, "nodes", ()):
            if parent in found or parent in chosen or parent not in manifest.nodes:
                continue
            node = manifest.nodes[parent]
            # Where it lies: ClickHouse fills the landing tables of Greenplum.
            if f"{node.schema}.{node.alias}" not in tables(LIES_ON[node.schema]):
                found.add(parent)
                left.append(parent)
    return found
