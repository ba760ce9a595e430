"""What the last complete run was made of, so that the next one can tell that nothing is new."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from warehouse import environment, queries, settings
from warehouse.ingest.sources import active_names

# What the models are made of. Everything else in the checkout leaves the tables as they are.
_PROJECT_PARTS = ("dbt_project.yml", "selectors.yml", "macros", "models", "seeds", "snapshots")


def fingerprint() -> str:
    """Return a hash over all that the tables depend on.

    These are the loads in the load log, the dbt project, the active source systems, the engines'
    addresses, and the current month, as with a new one the last may be archived.
    """
    engines = (settings.postgres(), settings.clickhouse(), settings.greenplum())
    facts = (_loads(), engines, active_names(), f"{datetime.now(UTC):%Y-%m}")
    digest = hashlib.sha256(repr(facts).encode())
    for path in _project_files():
        digest.update(str(path).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def last_finished() -> str | None:
    """Return the fingerprint of the last complete run, if there was one."""
    try:
        return _file().read_text(encoding="ascii")
    except FileNotFoundError:
        return None


def finished(state: str) -> None:
    """Remember the fingerprint of a run that has completed."""
    partial = _file().with_suffix(".partial")
    partial.write_text(state, encoding="ascii")
    partial.replace(_file())


def _file() -> Path:
    return environment.home() / "last_run"


def _loads() -> object:
    # The moment tells two databases apart that have loaded the same files.
    return queries.on_postgres(
        "select max(load_id), count(*), max(finished_at) from raw._loads where status = 'loaded'"
    )


def _project_files() -> Iterator[Path]:
    for part in _PROJECT_PARTS:
        path = environment.ROOT / part
        yield from sorted(found for found in (path, *path.rglob("*")) if found.is_file())
