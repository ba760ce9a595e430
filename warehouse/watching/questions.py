"""Figures that one query on one engine answers."""

from dataclasses import dataclass

from warehouse import project


@dataclass(frozen=True)
class Question:
    """A gauge, and how it is asked for.

    Attributes:
        name: The metric's, with its unit.
        description: What it tells.
        engine: The dbt target that is asked.
        query: Its columns are the labels, and the value at last.
        labels: Names of the labels, in that order.
        tables: Those that must be there; before they are built, there is no figure.
    """

    name: str
    description: str
    engine: str
    query: str
    labels: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()


_BY_REASON = """
    select source_system, unnest(string_to_array(rejection_reasons, '; ')) as reason, count(*)
    from {} group by 1, 2
"""

_POSTGRES = (
    Question(
        "warehouse_loads",
        "Loads of files by how they ended.",
        "postgres",
        "select split_part(source_file, '/', 1), stream, status, count(*) "
        "from raw._loads group by 1, 2, 3",
        ("source", "stream", "status"),
        ("raw._loads",),
    ),
    Question(
        "warehouse_loaded_lines",
        "Lines of all files that were loaded.",
        "postgres",
        "select split_part(source_file, '/', 1), stream, sum(lines_read) "
        "from raw._loads where status = 'loaded' group by 1, 2",
        ("source", "stream"),
        ("raw._loads",),
    ),
    Question(
        "warehouse_rejected_lines",
        "Lines of them that no parser takes.",
        "postgres",
        "select split_part(source_file, '/', 1), stream, sum(rows_rejected) "
        "from raw._loads where status = 'loaded' group by 1, 2",
        ("source", "stream"),
        ("raw._loads",),
    ),
    Question(
        "warehouse_last_load_timestamp_seconds",
        "When a file of the source was loaded last.",
        "postgres",
        "select split_part(source_file, '/', 1), extract(epoch from max(finished_at)) "
        "from raw._loads where status = 'loaded' group by 1",
        ("source",),
        ("raw._loads",),
    ),
    *(
        Question(
            f"warehouse_quarantined_{entity}",
            "Lines in quarantine; one with two reasons counts for both.",
            "postgres",
            _BY_REASON.format(table),
            ("source", "reason"),
            (table,),
        )
        for entity in project.STAR
        for table in (f"quarantine.qrn_{entity}",)
    ),
)

_CLICKHOUSE = (
    Question(
        "warehouse_newest_sale_timestamp_seconds",
        "The day of the newest sale of the source, at midnight UTC.",
        "clickhouse",
        "select source_system, toUnixTimestamp(toDateTime(toDate(max(sold_at)), 'UTC')) "
        "from serving.hot_sales group by 1",
        ("source",),
        ("serving.hot_sales",),
    ),
    Question(
        "warehouse_differing_months",
        "Months of a source in which ClickHouse and PostgreSQL differed at last.",
        "clickhouse",
        "select source_system, countIf(last = 0) from ("
        "select source_system, sale_month, argMax(agrees, checked_at) as last "
        "from serving.agreement group by 1, 2) group by 1",
        ("source",),
        ("serving.agreement",),
    ),
)

_GREENPLUM = (
    Question(
        "warehouse_ledger_entries",
        "Entries of the archive's ledger, which only ever grows.",
        "greenplum",
        "select count(*) from archive.archive_ledger",
        tables=("archive.archive_ledger",),
    ),
    Question(
        "warehouse_archived_versions",
        "Versions of sales that were ever added to the archive.",
        "greenplum",
        "select coalesce(sum(rows_added), 0) from archive.archive_ledger "
        "where table_name = 'historical_sales'",
        tables=("archive.archive_ledger",),
    ),
)

_OF_DATABASE = (
    "pg_database_size(current_database())",
    "(select count(*) from pg_stat_activity where datname = current_database())",
    "(select coalesce(extract(epoch from max(now() - query_start)), 0) from pg_stat_activity "
    "where state = 'active' and datname = current_database() and pid <> pg_backend_pid())",
)
# What each engine says of itself: its size, its connections, the age of its oldest query.
_OF_SERVER = {
    "postgres": _OF_DATABASE,
    "clickhouse": (
        "coalesce(sum(bytes_on_disk), 0) from system.parts where active",
        "count() from system.processes",
        "coalesce(max(elapsed), 0) from system.processes where query_id <> queryID()",
    ),
    "greenplum": _OF_DATABASE,
}


def _of_server(engine: str) -> tuple[Question, ...]:
    described = (
        ("warehouse_engine_size_bytes", "What the warehouse takes on the engine."),
        (
            "warehouse_engine_connections",
            "Connections to the warehouse's database; of ClickHouse, queries that run.",
        ),
        ("warehouse_engine_longest_query_seconds", "For how long the oldest query has run."),
    )
    return tuple(
        Question(name, description, engine, f"select '{engine}', {value}", ("engine",))
        for (name, description), value in zip(described, _OF_SERVER[engine], strict=True)
    )


QUESTIONS = (
    *(*_of_server("postgres"), *_POSTGRES),
    *(*_of_server("clickhouse"), *_CLICKHOUSE),
    *(*_of_server("greenplum"), *_GREENPLUM),
)
