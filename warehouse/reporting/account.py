"""The account of the loads: what became of every line of every file."""

from collections.abc import Sequence
from typing import Any

import click

from warehouse import project, queries, terminal
from warehouse.engines import lifecycle
from warehouse.errors import UserError

MOST_LINES = 20
MOST_VALUES = 3

_COUNTS = ("lines_read", "lines_rejected", "lines_quarantined", "lines_superseded", "lines_in_star")

_TOTALS = f"""
    select stream, count(*) as files, {", ".join(f"sum({count})::bigint" for count in _COUNTS)}
    from quarantine.load_account group by stream order by stream
"""  # noqa: S608

_LINES_LEFT_OUT = """
    select loads.stream, rejects.reason, count(*)
    from raw._rejects as rejects
    inner join raw._loads as loads using (load_id)
    group by 1, 2 order by 1, 3 desc, 2
"""

_LATEST = f"""
    select source_file, load_id, {", ".join(_COUNTS)} from quarantine.load_account
    where load_id in (
        select max(load_id) from raw._loads where status = 'loaded' group by stream
    )
    order by load_id
"""  # noqa: S608

_LOADS_OF_FILE = f"""
    select source_file, load_id, status, to_char(finished_at, 'YYYY-MM-DD HH24:MI:SS TZ'),
        {", ".join(_COUNTS)}, message
    from raw._loads
    left join quarantine.load_account using (load_id, stream, source_file, lines_read)
    where source_file like %s order by source_file, load_id
"""  # noqa: S608

_QUARANTINED = " union all ".join(
    f"select * from quarantine.qrn_{entity}"  # noqa: S608
    for entity in project.STAR
)

_BAD_LINES = f"""
    select source_file, source_line, 'rejected: ' || reason
    from raw._rejects where source_file like %(file)s
    union all
    select _source_file, _source_line, 'quarantined: ' || explanation
    from ({_QUARANTINED}) as quarantined
    where _source_file like %(file)s
    order by 1, 2
"""  # noqa: S608

# What a reason's first word names was judged.
_REASONS = f"""
    with judged as (
        select source_system, reason,
            left(nullif(btrim(judged_values ->> split_part(reason, ' ', 1)), ''), 40) as value
        from ({_QUARANTINED}) as quarantined
        cross join unnest(string_to_array(rejection_reasons, '; ')) as reason
    ),
    counted as (
        select source_system, reason, value, count(*) as lines,
            row_number() over (
                partition by source_system, reason order by count(*) desc, value collate "C"
            ) as place
        from judged group by source_system, reason, value
    )
    select source_system, reason, sum(lines)::bigint, string_agg(
        coalesce(value, 'nothing') || ' (' || lines || ')', ' · ' order by place
    ) filter (where place <= {MOST_VALUES})
    from counted group by source_system, reason
    order by source_system, sum(lines) desc, reason
"""  # noqa: S608


@click.command()
@click.argument("file", required=False)
@lifecycle.with_engines
def account(file: str | None) -> None:
    """Print what became of the lines of all files, or of FILE (a part of its name will do)."""
    if file:
        _print_file(file)
    else:
        _print_all()


def _print_all() -> None:
    counts = tuple(count.removeprefix("lines_").replace("_", " ") for count in _COUNTS)
    _print(("stream", "files", *counts), queries.on_postgres(_TOTALS)[1], numeric=range(1, 7))
    if left_out := queries.on_postgres(_LINES_LEFT_OUT)[1]:
        terminal.say()
        terminal.say("Rejected lines:")
        shown = left_out[:MOST_LINES]
        _print(("stream", "what they are, or why", "lines"), shown, numeric=(2,))
    terminal.say()
    terminal.say("The last file of each stream:")
    _print(("file", "load", *counts), queries.on_postgres(_LATEST)[1], numeric=range(1, 7))
    if reasons := queries.on_postgres(_REASONS)[1]:
        terminal.say()
        terminal.say("What is in quarantine, and the values that are most frequent there:")
        _print(("source", "reason", "lines", "values"), reasons, numeric=(2,))


def _print_file(file: str) -> None:
    escaped = file.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    pattern = f"%{escaped}%"
    _, loads = queries.on_postgres(_LOADS_OF_FILE, parameters=(pattern,))
    if not loads:
        raise UserError(
            f"no file whose name holds {file!r} was ever loaded: 'make account' lists the streams"
        )
    counts = tuple(count.removeprefix("lines_").replace("_", " ") for count in _COUNTS)
    _print(("file", "load", "status", "at", *counts, "remark"), loads, numeric=(1, *range(4, 9)))
    _, bad = queries.on_postgres(_BAD_LINES, parameters={"file": pattern})
    if bad:
        terminal.say()
        _print(("file", "line", "why it is not in the star"), bad[:MOST_LINES], numeric=(1,))
    if len(bad) > MOST_LINES:
        terminal.say(
            f"and {len(bad) - MOST_LINES:,} more, in raw._rejects and the schema quarantine"
        )


def _print(header: Sequence[str], rows: Sequence[Sequence[Any]], numeric: Sequence[int]) -> None:
    cells = [
        [f"{cell:,}" if isinstance(cell, int) else str(cell or "") for cell in row] for row in rows
    ]
    terminal.table(header, cells, numeric)
