"""What is written down of the nodes that dbt has built and tested."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from warehouse import queries
from warehouse.errors import UserError
from warehouse.project import SCHEMAS

# Rows as of the engine's statistics, which a build gathers: to count them would take as long as
# the table is large; none where there are none yet. The partitions of a table are part of it.
_SIZES_ON_POSTGRES = """
    with recursive parts as (
        select oid as root, oid as part from pg_class
        union all
        select parts.root, pg_inherits.inhrelid
        from parts inner join pg_inherits on parts.part = pg_inherits.inhparent
    )
    select
        pg_namespace.nspname || '.' || roots.relname,
        case when min(pg_class.reltuples) >= 0 then sum(pg_class.reltuples)::bigint end,
        sum(pg_total_relation_size(pg_class.oid))::bigint
    from pg_class as roots
    inner join pg_namespace on roots.relnamespace = pg_namespace.oid
    inner join parts on roots.oid = parts.root
    inner join pg_class on parts.part = pg_class.oid
    where
        pg_namespace.nspname in ({schemas})
        and roots.relkind in ('r', 'p')
        and not exists (select 1 from pg_inherits where pg_inherits.inhrelid = roots.oid)
    group by 1
"""
_SIZES_ON_CLICKHOUSE = """
    select database || '.' || name, total_rows, total_bytes
    from system.tables where database in ({schemas}) and engine not like '%View%'
"""

# How dbt names what did not end well.
FAILED = ("error", "fail", "runtime error", "partial success")
WARNED = "warn"


def passed_tests(results: Sequence[Any]) -> int:
    """How many tests passed."""
    return sum(is_test(each) and str(each.status) == "pass" for each in results)


def described(results: Sequence[Any], engine: str) -> list[dict[str, Any]]:
    """What was built, with its size, and the tests that did not pass.

    Args:
        results: dbt's, of one engine.
        engine: Its dbt target.
    """
    return list(_described(results, _sizes(engine)))


def tests_gone_wrong(nodes: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those of what is written down that warned or failed: a test may have been left out, too."""
    return [node for node in nodes if "test" in node and node["status"] in (WARNED, *FAILED)]


def why(results: Sequence[Any]) -> str | None:
    """The first line of why the first node failed; None where none did."""
    for each in results:
        if str(each.status) in FAILED:
            return f"{each.node.name}: {_reason(each)}"
    return None


def _described(
    results: Sequence[Any], sizes: dict[str, tuple[int, int]]
) -> Iterator[dict[str, Any]]:
    for each in results:
        status = str(each.status)
        if is_test(each):
            if status != "pass":
                yield {
                    "test": each.node.name,
                    "id": each.node.unique_id,
                    "status": status,
                    "rows": each.failures,
                    "why": _reason(each),
                }
        elif each.node.resource_type != "operation":
            name = f"{each.node.schema}.{each.node.alias}"
            rows, size = sizes.get(name, (None, None))
            yield {
                "node": name,
                "id": each.node.unique_id,
                "status": status,
                "seconds": round(each.execution_time, 2),
                "rows_written": rows_written(each.adapter_response),
                "rows": rows,
                "bytes": size,
                **({"why": _reason(each)} if status in FAILED else {}),
            }


def rows_written(adapter_response: Mapping[str, Any] | None) -> int | None:
    """How many rows dbt's last statement wrote, where the engine tells."""
    rows = (adapter_response or {}).get("rows_affected")
    return rows if isinstance(rows, int) and rows >= 0 else None


def is_test(result: Any) -> bool:
    """Whether a result of dbt's is that of a test."""
    return str(result.node.resource_type) in ("test", "unit_test")


def _reason(result: Any) -> str:
    """What went wrong; what the database said stands in the line below the heading of its error."""
    lines = [line.strip() for line in str(result.message or result.status).splitlines()]
    lines = [line for line in lines if line]
    return " ".join(lines[:2]) if lines else str(result.status)


def _sizes(engine: str) -> dict[str, tuple[int, int]]:
    """Rows and bytes of an engine's tables; nothing where it does not answer."""
    query = _SIZES_ON_CLICKHOUSE if engine == "clickhouse" else _SIZES_ON_POSTGRES
    schemas = ", ".join(f"'{schema}'" for schema in SCHEMAS[engine])
    try:
        _, rows = queries.run(query.format(schemas=schemas), engine)
    except UserError:
        return {}
    return {name: (rows_in_all, size) for name, rows_in_all, size in rows}
