"""Reports: the queries of analyses/, each run on the engine whose folder it lies in."""

import sys
from contextlib import redirect_stdout
from dataclasses import dataclass

import click
import yaml

from warehouse import environment, queries, terminal
from warehouse.engines import lifecycle
from warehouse.errors import UserError
from warehouse.reporting import formats, kept
from warehouse.reporting.asked import Asked
from warehouse.reporting.options import of_answers

EVERYTHING = Asked()

_FOLDER = environment.ROOT / "analyses"


@dataclass(frozen=True)
class Report:
    """A query that answers a question of the business.

    Attributes:
        name: What `make report NAME=` calls it.
        title: The question, in a line.
        engine: The dbt target that answers it.
    """

    name: str
    title: str
    engine: str


@click.command()
@click.argument("name", required=False)
@of_answers
def report(name: str | None, form: str, of: Asked) -> None:
    """Print the report NAME, or, without a name, what reports there are."""
    if name:
        # Whoever writes the output into a file wants the report alone in it.
        with redirect_stdout(sys.stderr):
            lifecycle.ensure_up()
        show(name, form=form, of=of)
        return
    found = [(each.name, each.engine, each.title) for each in reports().values()]
    terminal.table(("report", "engine", "what it tells"), found)


def reports() -> dict[str, Report]:
    """Return all reports by name."""
    described = yaml.safe_load((_FOLDER / "_analyses.yml").read_text(encoding="utf-8"))
    titles = {entry["name"]: entry["description"].strip() for entry in described["analyses"]}
    return {
        path.stem: Report(path.stem, titles.get(path.stem, ""), path.parent.name)
        for path in sorted(_FOLDER.glob("*/*.sql"))
    }


def show(name: str, *, form: str = "table", of: Asked = EVERYTHING) -> None:
    """Run a report and print its rows.

    Args:
        name: What `make report NAME=` calls it.
        form: How, one of formats.FORMATS.
        of: What of it is asked for.

    Raises:
        UserError: There is no such report, it does not know what is asked for, or its tables are
            not built yet.
    """
    known = reports()
    if name not in known:
        raise UserError(f"there is no report {name!r}: choose one of {', '.join(sorted(known))}")
    chosen = known[name]
    query = kept.query(name, chosen.engine)
    columns, rows = queries.run(of.of(query, name), chosen.engine, reporting=True)
    formats.write(form, of.said(chosen.title), columns, rows)
