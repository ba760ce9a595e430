"""Gives dbt's adapter of ClickHouse the method `hand_over`, which a materialization calls.

dbt lets macros call what an adapter offers, and offers no way to add to it but another adapter: so
this one takes the place of dbt-clickhouse's own when that is imported, be it by `warehouse` or by
dbt itself. It differs in nothing else.
"""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

_PLUGIN = "dbt.adapters.clickhouse"


class _Watcher:
    """Finds dbt-clickhouse where it is, and changes the adapter that it names once it is there."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != _PLUGIN:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec and spec.loader:
            loader: Any = spec.loader
            execute = loader.exec_module

            def exec_module(module: Any) -> None:
                execute(module)
                module.Plugin.adapter = _handing_over(module.Plugin.adapter)

            loader.exec_module = exec_module
        return spec


def _handing_over(adapter: Any) -> Any:
    """The adapter with the method."""
    from dbt.adapters.base.meta import available
    from dbt_common.exceptions import DbtRuntimeError

    from warehouse.archive.handing_over import hand_over
    from warehouse.errors import UserError

    # dbt looks for packages by the name of the class, and has no types.
    class ClickHouseAdapter(adapter):  # type: ignore[misc]
        @available.parse(lambda *_, **__: 0)
        def hand_over(self, query: str, relation: Any, columns: Sequence[str]) -> int:
            """Add the rows of a query of ClickHouse to a table of Greenplum, and count them."""
            try:
                return hand_over(query, (relation.schema, relation.identifier), columns)
            except UserError as error:
                raise DbtRuntimeError(str(error)) from error

    return ClickHouseAdapter


def install() -> None:
    """Watch for the import of dbt-clickhouse."""
    if not any(isinstance(finder, _Watcher) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Watcher())
