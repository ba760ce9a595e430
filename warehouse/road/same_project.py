"""Whether the star was last built from this project, with these settings.

Seeds and views, and what the tests of seeds say, are then as they were: only files bring anything
new. The mark lies in PostgreSQL, so another database has none, and each build that dbt begins takes
it away before it changes anything (macros/engines/void_completed_run.sql).
"""

from warehouse import project_files, queries

_MARK = "staging._built_project"


def is_what_was_built() -> bool:
    """Whether the mark of the last build is that of this project.

    Raises:
        UserError: PostgreSQL does not answer.
    """
    if not queries.has_table(_MARK, "postgres"):
        return False
    _, rows = queries.on_postgres(f"select fingerprint from {_MARK}")  # noqa: S608 (a constant)
    return [tuple(row) for row in rows] == [(project_files.fingerprint(),)]


def was_built() -> None:
    """Mark that all of the star was built and tested.

    Raises:
        UserError: PostgreSQL does not answer.
    """
    made_by = project_files.fingerprint()
    queries.execute(f"drop table if exists {_MARK}", "postgres")
    queries.execute(f"create table {_MARK} as select '{made_by}'::text as fingerprint", "postgres")
