"""Which of the tables that tell a measure is asked: the quickest that knows all of it.

A table knows a month if its engine holds as many sale lines of it, and the same sums, as the star.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from warehouse import queries
from warehouse.errors import UserError
from warehouse.project import ENGINES
from warehouse.reporting.asked import Asked
from warehouse.reporting.declarations import Declarations
from warehouse.reporting.statement import Question, Statement

_STAR = "postgres"

# What each engine holds of each month.
_HELD = {
    "postgres": "select sale_month, sale_lines, quantity, amount from marts.sales_months",
    "clickhouse": "select sale_month, sale_lines, quantity, amount from serving.hot_months",
    "greenplum": """
        with entries as (
            select
                sale_month, sale_lines, quantity, amount,
                row_number() over (
                    partition by source_system, sale_month order by entry desc
                ) as place
            from archive.archive_ledger
            where table_name = 'historical_sales'
        )
        select sale_month, sum(sale_lines)::bigint, sum(quantity)::bigint, sum(amount)
        from entries where place = 1 group by sale_month
    """,
}

_SHOWN = 3


def choose(question: Question, declared: Declarations, engine: str | None) -> Statement:
    """Return the question as the quickest table is asked it.

    Args:
        question: What is asked.
        declared: What is declared.
        engine: The only engine that may be asked; none is all of them.

    Raises:
        UserError: No table knows it, or none of that engine.
    """
    why_not = []
    differing: dict[str, list[date]] = {}
    for table in declared.tables:
        if engine not in (None, table.engine):
            continue
        statement = Statement(question, table, declared)
        if missing := statement.lacks():
            why_not.append(f"{table.name} does not tell {_some(missing)}")
            continue
        if table.engine not in differing:
            differing[table.engine] = _differing(table.engine, question.of)
        if not (months := differing[table.engine]):
            return statement
        names = _some(f"{month:%Y-%m}" for month in months)
        why_not.append(f"{ENGINES[table.engine]} does not hold {names} as the star does")
    raise UserError(f"nobody can tell that: {'; '.join(dict.fromkeys(why_not))}")


def _differing(engine: str, of: Asked) -> list[date]:
    """The months that are asked for of which an engine does not hold what the star holds."""
    if engine == _STAR:
        return []
    star, held = _held(_STAR), _held(engine)
    first = of.since.replace(day=1) if of.since else date.min
    return [
        month
        for month in sorted(star.keys() | held.keys())
        if first <= month <= (of.until or date.max) and star.get(month) != held.get(month)
    ]


def _held(engine: str) -> dict[date, tuple[Any, ...]]:
    _, rows = queries.run(_HELD[engine], engine)
    return {month: tuple(sums) for month, *sums in rows}


def _some(names: Iterable[str]) -> str:
    first, *others = [*names]
    shown = ", ".join([first, *others[: _SHOWN - 1]])
    more = len(others) + 1 - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
