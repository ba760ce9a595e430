"""Proves that the archive is what was once written to it."""

import click

from warehouse import queries, terminal
from warehouse.dbt import compiled
from warehouse.engines import lifecycle
from warehouse.errors import UserError

_TEST = "archive_is_as_it_was_written"
# What is wrong is understood from the first.
_SHOWN = 50
_LEDGER = "archive.archive_ledger"
# Ledgers were once without it; the next archiving adds it.
_HAS_SOURCES = """
    select count(*) from information_schema.columns
    where (table_schema, table_name, column_name) = ('archive', 'archive_ledger', 'source_system')
"""


@click.command("verify-archive")
@click.option(
    "--head",
    metavar="HASH",
    help="A chain_hash that was noted before: the ledger must still hold it.",
)
@lifecycle.with_engines
def verify_archive(head: str | None) -> None:
    """Recompute every sum and hash of the archive and hold them to its ledger."""
    prove(head)


def prove(head: str | None = None) -> None:
    """Hold the archive to its ledger, and say how it ends.

    Args:
        head: A chain_hash that the ledger must hold.

    Raises:
        UserError: The archive is not what was written to it.
    """
    _refuse_older_ledger()
    columns, rows = queries.run(compiled(_TEST, target="greenplum"), "greenplum")
    if rows:
        cells = [["" if value is None else str(value) for value in row] for row in rows[:_SHOWN]]
        terminal.table(columns, cells)
        if len(rows) > _SHOWN:
            terminal.say(f"and {len(rows) - _SHOWN:,} rows more")
        raise UserError(
            "the archive is not what was written to it: the rows above say where, what the ledger "
            "says, and what is found"
        )
    _, ledger = queries.run(f"select entry, chain_hash, rows_added from {_LEDGER}", "greenplum")  # noqa: S608
    entries = sorted(ledger, key=lambda entry: int(entry[0]))
    if head and head not in (chain_hash for _, chain_hash, _ in entries):
        raise UserError(f"the ledger does not hold {head}: its end, at least, was cut off")
    if not entries:
        terminal.say("The archive is empty.")
        return
    added = sum(rows_added for _, _, rows_added in entries)
    terminal.say(f"{added:,} rows in {len(entries):,} entries are as they were written.")
    terminal.say(f"The ledger ends with {entries[-1][1]}: noted elsewhere, it proves the end, too.")


def _refuse_older_ledger() -> None:
    if not queries.has_table(_LEDGER, "greenplum"):
        return
    _, [[found]] = queries.run(_HAS_SOURCES, "greenplum")
    if not found:
        raise UserError(
            "the archive is as an earlier version of this project has left it: "
            "'make archive' brings it up to this one, then it can be verified"
        )
