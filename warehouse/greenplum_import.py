"""Lets dbt-greenplum 1.5.0, the newest there is, be imported under today's dbt.

It says `from dbt.events import AdapterLogger`; since dbt 1.8 that class is in
`dbt.adapters.events.logging`. Nothing else of it is outdated, so the name is put where it looks,
when it is first imported. tests/python/test_greenplum_import.py fails when this is not needed any
more.
"""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType


class _AdapterLoggerProvider:
    """Finds nothing: it only takes notice that dbt-greenplum is about to be imported."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname == "dbt.adapters.greenplum":
            import dbt.events
            from dbt.adapters.events.logging import AdapterLogger

            vars(dbt.events).setdefault("AdapterLogger", AdapterLogger)
        return None


def install() -> None:
    """Watch for the import of dbt-greenplum."""
    if not any(isinstance(finder, _AdapterLoggerProvider) for finder in sys.meta_path):
        sys.meta_path.insert(0, _AdapterLoggerProvider())
