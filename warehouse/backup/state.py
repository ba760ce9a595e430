"""What lies beside the engines: settings, and what Meltano, Dagster, Superset and runs noted."""

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from warehouse import environment
from warehouse.engines.configuration import users_settings

SETTINGS = "settings.env"

# State as SQLite databases, and as plain files. What these folders hold besides is made anew.
_SUPERSET = "superset/superset.db"
_DATABASES = ("meltano/*.db", "dagster/**/*.db", _SUPERSET)
_FILES = ("logs/runs.jsonl", "logs/tests.json", "logs/told.json")

# What Superset encrypts with a key that is not in a backup: it could not read it, and would stop.
# `make dashboards` tells it the engines' passwords anew.
_ENCRYPTED = {
    "dbs": "update dbs set password = null, encrypted_extra = null, server_cert = null",
    "ssh_tunnels": "delete from ssh_tunnels",
    "database_user_oauth2_tokens": "delete from database_user_oauth2_tokens",
}

# Those of the project; a source system has others, which `.env` names.
_PREFIXES = (*(f"{engine}_" for engine in environment.ENGINES), "WAREHOUSE_")
_COMPUTED = (
    *(environment.MARKER, "WAREHOUSE_HOME", "WAREHOUSE_ENV_FILE", "WAREHOUSE_STAGING_MODELS"),
)

# What no secret is called. All other values are left out, whoever made up their names.
_HARMLESS = re.compile(
    r".*_(HOST|PORT|USER|DATABASE|SSLMODE|SECURE|CLUSTER|REPLICAS|FILES|SOURCES|ZONE|DAILY|MONTHLY"
    r"|BACKUP|BACKUP_TO|BACKUP_DAYS|BACKUP_WEEKS|BACKUP_MONTHS|MEMORY|LISTEN|EMAIL|SECURITY|FROM"
    r"|SECONDS|REJECTS|REPORTING_CURRENCY|TO_POSTGRES|TO_GREENPLUM)"
)
_HEADER = "# The settings of the warehouse that was backed up. Secrets are not in a backup.\n"


def save(folder: Path) -> None:
    """Write the state into a folder, each database as of one moment."""
    folder.mkdir()
    (folder / SETTINGS).write_text(_HEADER + "".join(_settings()), "utf-8", "surrogateescape")
    home = environment.home()
    for path in _found(home, _DATABASES):
        copy = folder / path.relative_to(home)
        copy.parent.mkdir(parents=True, exist_ok=True)
        # Also while Dagster's service writes it.
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
            if path == home / _SUPERSET:
                _leave_out_encrypted(target)
    for path in _found(home, _FILES):
        copy = folder / path.relative_to(home)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)


def _leave_out_encrypted(database: sqlite3.Connection) -> None:
    tables = database.execute("select name from sqlite_master where type = 'table'").fetchall()
    for (table,) in tables:
        if table in _ENCRYPTED:
            database.execute(_ENCRYPTED[table])
    database.commit()


def restore(folder: Path) -> None:
    """Put the tools' state back; the settings are for people to read."""
    home = environment.home()
    for path in _found(folder, (*_DATABASES, *_FILES)):
        place = home / path.relative_to(folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)


def _found(folder: Path, patterns: tuple[str, ...]) -> Iterator[Path]:
    for pattern in patterns:
        yield from sorted(path for path in folder.glob(pattern) if path.is_file())


def _settings() -> Iterator[str]:
    """The user's settings, a line each, with nothing behind the names that may be secret."""
    in_file = dict(environment.read_file(environment.env_file()))
    for name, value in sorted(users_settings().items()):
        is_ours = name.startswith(_PREFIXES) or name.endswith("_FILES") or name in in_file
        if not is_ours or name in _COMPUTED:
            continue
        if _HARMLESS.fullmatch(name) and "://" not in value:
            yield f"{name}={value}\n"
        else:
            yield f"#{name}=\n"
