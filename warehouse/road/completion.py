"""What the last complete run was made of, so that the next one can tell that nothing is new.

The mark of a complete run lies in each engine beside what it tells of: an engine that is lost,
restored or another one has none, and every run of dbt takes it away before it changes anything
(macros/engines/void_completed_run.sql).
"""

import hashlib
import os
from datetime import UTC, datetime

from warehouse import project_files, queries, settings
from warehouse.ingest.sources import active_names
from warehouse.road import marks

# The table of the mark on each engine, in the schema of its dbt target, and how it is stored.
_MARKS = {
    "postgres": ("staging._completed_run", ""),
    "clickhouse": ("serving._completed_run", "engine = MergeTree order by tuple()"),
    "greenplum": ("analytics._completed_run", ""),
}


def fingerprint() -> str:
    """Return a hash over all that the tables depend on.

    These are what they are made of (`content`), and the engines' addresses.
    """
    engines = (settings.postgres(), settings.clickhouse(), settings.greenplum())
    return hashlib.sha256(repr((content(), engines)).encode()).hexdigest()


def content() -> str:
    """Return a hash over what the tables are made of, wherever they lie.

    These are the loads in the load log, the dbt project, the active source systems, the reporting
    currency, and the current month, as with a new one the last may be archived.
    """
    currency = os.environ["WAREHOUSE_REPORTING_CURRENCY"]
    facts = (_loads(), active_names(), currency, f"{datetime.now(UTC):%Y-%m}")
    return hashlib.sha256(repr((facts, project_files.checksum())).encode()).hexdigest()


def last_finished() -> str | None:
    """Return the fingerprint of the last complete run, if all three engines are as it left them."""
    found = {marks.read(table, engine) for engine, (table, _) in _MARKS.items()}
    return found.pop() if len(found) == 1 else None


def finished(state: str) -> None:
    """Remember the fingerprint of a run that has completed."""
    for engine, (table, storage) in _MARKS.items():
        marks.write(table, engine, state, storage)


def _loads() -> object:
    # The moment tells two databases apart that have loaded the same files.
    return queries.on_postgres(
        "select max(load_id), count(*), max(finished_at) from raw._loads where status = 'loaded'"
    )
