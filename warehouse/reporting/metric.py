"""`warehouse metric`: answers what is declared in models/marts/_metrics.yml."""

import sys
from collections.abc import Iterable, Sequence
from contextlib import redirect_stdout
from datetime import date
from typing import Any

import click

from warehouse import queries, terminal
from warehouse.engines import lifecycle
from warehouse.errors import UserError
from warehouse.project import ENGINES
from warehouse.reporting import formats, kept
from warehouse.reporting.answering import choose
from warehouse.reporting.asked import Asked
from warehouse.reporting.declarations import GRAINS, Declarations
from warehouse.reporting.options import of_answers
from warehouse.reporting.statement import CURRENCY, Question


@click.command()
@click.argument("names", metavar="[NAME,…]", required=False)
@click.option("--by", default="", metavar="DIMENSION,…", help="Told by these: category,month.")
@click.option("--engine", type=click.Choice([*ENGINES]), help="Ask this one, not the quickest.")
@of_answers
def metric(names: str | None, by: str, engine: str | None, form: str, of: Asked) -> None:
    """Print the metrics NAME, or, without a name, what metrics and dimensions there are."""
    # Whoever writes the output into a file wants the figures alone in it.
    with redirect_stdout(sys.stderr):
        lifecycle.ensure_up()
    declared = kept.declarations()
    if not names:
        _list(declared)
        return
    question = _question(_split(names), _split(by), of, declared)
    statement = choose(question, declared, engine)
    _, rows = queries.run(statement.sql(), statement.table.engine)
    with redirect_stdout(sys.stderr):
        terminal.say(f"{statement.table.name} on {ENGINES[statement.table.engine]} answers")
    columns = [*question.by, *(each.name for each in question.metrics)]
    formats.write(form, _title(question), columns, [_shown(row, columns) for row in rows])


def _split(names: str) -> list[str]:
    return list(dict.fromkeys(filter(None, (name.strip() for name in names.split(",")))))


def _question(
    names: Sequence[str], by: Sequence[str], of: Asked, declared: Declarations
) -> Question:
    _require(names, declared.metrics, "metric")
    _require(by, [*GRAINS, *declared.dimensions], "dimension")
    metrics = [declared.metrics[name] for name in names]
    if any(each.is_money for each in metrics) and CURRENCY not in by:
        by = [CURRENCY, *by]
    return Question(metrics, by, of)


def _require(names: Iterable[str], known: Iterable[str], kind: str) -> None:
    for name in names:
        if name not in known:
            raise UserError(f"there is no {kind} {name!r}: choose among {', '.join(known)}")


def _list(declared: Declarations) -> None:
    metrics = [(each.name, each.description) for each in declared.metrics.values()]
    dimensions = [(each.name, each.description) for each in declared.dimensions.values()]
    terminal.table(("metric", "what it tells"), metrics)
    terminal.say()
    terminal.table(("by", "what it is"), [*GRAINS.items(), *dimensions])


def _title(question: Question) -> str:
    labels = ", ".join(each.label for each in question.metrics)
    by = [name.replace("_", " ") for name in question.by]
    return question.of.said(" by ".join([labels, *([", ".join(by)] if by else [])]))


def _shown(row: Sequence[Any], columns: Sequence[str]) -> list[Any]:
    return [_period(value, name) for value, name in zip(row, columns, strict=True)]


def _period(value: Any, name: str) -> Any:
    """A period as reports write it, and any other value as it is."""
    if not isinstance(value, date):
        return value
    match name:
        case "month":
            return f"{value:%Y-%m}"
        case "quarter":
            return f"{value.year} Q{(value.month + 2) // 3}"
        case "year":
            return f"{value.year}"
    return value
