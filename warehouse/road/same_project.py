"""Whether the star was last built from this project, with these settings.

Seeds and views, and what the tests of seeds say, are then as they were: only files bring anything
new.
"""

from warehouse.road import marks

_MARK = "staging._built_project"


def is_what_was_built(fingerprint: str) -> bool:
    """Whether the mark of the last build is that of this project, by `project_files.fingerprint`.

    Raises:
        UserError: PostgreSQL does not answer.
    """
    return marks.read(_MARK, "postgres") == fingerprint


def was_built(fingerprint: str) -> None:
    """Mark that all of the star was built and tested from the project as it was at the start.

    Raises:
        UserError: PostgreSQL does not answer.
    """
    marks.write(_MARK, "postgres", fingerprint)
