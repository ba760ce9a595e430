"""Marks in an engine, beside what they tell of: which state its tables were made of.

An engine that is lost, restored or another one has none. A run of dbt takes a mark away before it
changes anything (macros/engines/void_completed_run.sql).
"""

from warehouse import queries


def read(table: str, engine: str) -> str | None:
    """Return the fingerprint that a mark holds, if there is one.

    Raises:
        UserError: The engine does not answer.
    """
    if not queries.has_table(table, engine):
        return None
    _, rows = queries.run(f"select fingerprint from {table}", engine)  # noqa: S608 (a constant)
    return str(rows[0][0]) if rows else None


def write(table: str, engine: str, fingerprint: str, storage: str = "") -> None:
    """Make a mark, in place of the one there.

    Args:
        table: Its name, with the schema.
        engine: Where.
        fingerprint: What it is to hold.
        storage: How the engine is to store it.

    Raises:
        UserError: As of `read`.
    """
    queries.execute(f"drop table if exists {table}", engine)
    queries.execute(
        f"create table {table} {storage} as select '{fingerprint}' as fingerprint", engine
    )
