"""The project's environment, for every Python program of its virtual environment.

`make setup` puts a line into the virtual environment that imports this module when Python starts,
so that `dbt build`, `meltano run` or a notebook, typed by hand in any directory, find the same
engines as the make targets. It therefore imports next to nothing.

Settings come, the first that has one winning, from

1. the environment,
2. the file `.env` (another one: `WAREHOUSE_ENV_FILE`),
3. for each engine whose `…_HOST` neither of them names: the embedded engine, whose address
   `make up` wrote to `engines.env` in the warehouse's folder.

A secret may lie in a file of its own, as containers are given them: `POSTGRES_PASSWORD_FILE` names
the file that holds `POSTGRES_PASSWORD`.
"""

import json
import os
import sys
from collections.abc import Iterator, MutableMapping
from pathlib import Path

from warehouse import clickhouse_adapter, greenplum_import
from warehouse.errors import UserError

ROOT = Path(__file__).resolve().parent.parent

ENGINES = ("POSTGRES", "CLICKHOUSE", "GREENPLUM")

# The source systems that are active where nothing is said: those that files are loaded from.
DEFAULT_SOURCES = "shop"

# In which amounts of several currencies are added up, where nothing is said.
DEFAULT_REPORTING_CURRENCY = "EUR"

# Each source system has a folder of staging models here. All of them are in the star.
SOURCE_MODELS = ROOT / "models" / "staging"

# Holds what this module filled in for embedded engines: a child process inherits it as plain
# variables and must know that they were not the user's.
MARKER = "WAREHOUSE_EMBEDDED"

# How the names begin that mean something to the project's programs.
PREFIXES = (
    *("POSTGRES_", "CLICKHOUSE_", "GREENPLUM_", "KAFKA_", "SCHEMA_REGISTRY_"),
    *("DBT_", "MELTANO_", "DAGSTER_", "WAREHOUSE_"),
    "PYICEBERG_",
)

# What may lie in a file of its own, which the setting of this name and `_FILE` names.
SECRETS = (
    *(f"{engine}_PASSWORD" for engine in ENGINES),
    "CLICKHOUSE_REPORTING_PASSWORD",
    *(
        f"WAREHOUSE_{role}_PASSWORD"
        for role in ("LOADER", "TRANSFORMER", "REPORTING", "ANALYST", "OPERATOR")
    ),
    *("KAFKA_SASL_PASSWORD", "KAFKA_SSL_KEY_PASSWORD", "SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO"),
    *(
        f"PYICEBERG_CATALOG__ARCHIVE__{name}"
        for name in ("URI", "CREDENTIAL", "TOKEN", "S3__SECRET_ACCESS_KEY")
    ),
    *("WAREHOUSE_SMTP_PASSWORD", "WAREHOUSE_NOTIFY_SLACK", "WAREHOUSE_NOTIFY_WEBHOOK"),
)

EnvironmentMapping = MutableMapping[str, str]


class UnreadableSecretError(UserError, OSError):
    """The file of a secret cannot be read: an OSError, too, as at the start of every program."""


def home(environ: EnvironmentMapping = os.environ) -> Path:
    """The folder of everything that a run makes: `WAREHOUSE_HOME`, else `.warehouse`."""
    return ROOT / (environ.get("WAREHOUSE_HOME") or ".warehouse")


def env_file(environ: EnvironmentMapping = os.environ) -> Path:
    """The file of the user's settings."""
    return ROOT / environ.get("WAREHOUSE_ENV_FILE", ".env")


def read_file(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the `NAME=value` lines of a settings file; comments and blank lines are passed over.

    A value may stand in single or double quotes. There is no expansion, so a password may hold
    any character.
    """
    try:
        # As Python itself reads the environment: any byte, even if it is not UTF-8.
        text = path.read_text(encoding="utf-8-sig", errors="surrogateescape")
    except FileNotFoundError:
        return
    for line in text.splitlines():
        name, separator, value = line.strip().removeprefix("export ").partition("=")
        if not separator or name.startswith("#"):
            continue
        value = value.strip()
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        yield name.strip(), value


def load(environ: EnvironmentMapping = os.environ) -> None:
    """Fill `environ` with the project's settings, changing none that the user gave."""
    _forget_inherited(environ)
    for name, value in read_file(env_file(environ)):
        environ.setdefault(name, value)
    _read_secrets(environ)
    _settle_sources(environ)
    _settle_reporting_currency(environ)
    _add_embedded_engines(environ)
    _add_tools(environ)
    greenplum_import.install()
    clickhouse_adapter.install()


def filled_in(environ: EnvironmentMapping = os.environ) -> list[str]:
    """The names of the settings that come from `engines.env`, and not from the user."""
    values = json.loads(environ.get(MARKER, "{}"))
    # Another value is that of the user, who has set it for this program alone.
    return [name for name, value in values.items() if environ.get(name) == value]


def _forget_inherited(environ: EnvironmentMapping) -> None:
    for name in filled_in(environ):
        del environ[name]
    environ.pop(MARKER, None)


def of_another(
    folder: Path, *without: str, environ: EnvironmentMapping = os.environ
) -> dict[str, str]:
    """The environment of a warehouse in another folder: what the user has set, and no more.

    Args:
        folder: The other warehouse's.
        without: Settings of the user's that do not hold there.
        environ: The environment of this one, as `load` has left it.
    """
    ours = {name: str(value) for name, value in _tools(home(environ)).items()}
    dropped = {MARKER, *filled_in(environ), *without}
    kept = {
        name: value
        for name, value in environ.items()
        if name not in dropped and ours.get(name) != value
    }
    # The file is read already, and would bring back what is left out.
    return {**kept, "WAREHOUSE_HOME": str(folder), "WAREHOUSE_ENV_FILE": os.devnull}


def known_sources() -> list[str]:
    """The source systems that have staging models, loaded from or not."""
    return sorted(path.parent.name for path in SOURCE_MODELS.glob("*/stg_*__sale_lines.sql"))


def staging_models() -> list[str]:
    """The staging models of all source systems: which has stores is told by what is there."""
    return sorted(path.stem for path in SOURCE_MODELS.glob("*/stg_*__*.sql"))


def _read_secrets(environ: EnvironmentMapping) -> None:
    for name in SECRETS:
        place = environ.get(f"{name}_FILE")
        if not place or environ.get(name):
            continue
        try:
            text = Path(place).read_text(encoding="utf-8", errors="surrogateescape")
        except OSError as error:
            raise UnreadableSecretError(
                f"{name}_FILE names {place}, which cannot be read: {error.strerror}"
            ) from None
        # Editors end a file with a line break, which is no part of a password.
        environ[name] = text.rstrip("\r\n")


def _settle_sources(environ: EnvironmentMapping) -> None:
    # dbt's YAML files read it, too, and know no macros: names and commas alone, and never nothing.
    names = (name.strip() for name in environ.get("WAREHOUSE_SOURCES", "").split(","))
    environ["WAREHOUSE_SOURCES"] = ",".join(filter(None, dict.fromkeys(names))) or DEFAULT_SOURCES
    environ["WAREHOUSE_STAGING_MODELS"] = ",".join(staging_models())


def _settle_reporting_currency(environ: EnvironmentMapping) -> None:
    currency = environ.get("WAREHOUSE_REPORTING_CURRENCY", "").strip().upper()
    environ["WAREHOUSE_REPORTING_CURRENCY"] = currency or DEFAULT_REPORTING_CURRENCY


def _add_embedded_engines(environ: EnvironmentMapping) -> None:
    embedded = dict(read_file(home(environ) / "engines.env"))
    added = {}
    for engine in ENGINES:
        if environ.get(f"{engine}_HOST"):
            continue
        for name, value in embedded.items():
            if name.startswith(f"{engine}_") and not environ.get(name):
                environ[name] = added[name] = value
    if added:
        environ[MARKER] = json.dumps(added)


def _tools(here: Path) -> dict[str, Path]:
    """What dbt and Meltano are told of a warehouse in a folder, unless the user tells them."""
    return {
        "DBT_PROJECT_DIR": ROOT,
        "DBT_PROFILES_DIR": ROOT / "profiles",
        "DBT_TARGET_PATH": here / "dbt",
        "DBT_LOG_PATH": here / "logs",
        "MELTANO_PROJECT_ROOT": ROOT,
        "MELTANO_SYS_DIR_ROOT": here / "meltano",
        # Meltano looks for its name in the folder where it was started.
        "MELTANO_CLI_LOG_CONFIG": ROOT / "logging.yaml",
    }


def _add_tools(environ: EnvironmentMapping) -> None:
    for name, folder in _tools(home(environ)).items():
        environ.setdefault(name, str(folder))
    # dbt strikes the values of variables with this prefix from its logs.
    for engine in ENGINES:
        if password := environ.get(f"{engine}_PASSWORD"):
            environ[f"DBT_ENV_SECRET_{engine}_PASSWORD"] = password
    # Meltano starts the tap, the target and dbt by name.
    programs = str(Path(sys.prefix) / "bin")
    if programs not in (path := environ.get("PATH", "")).split(os.pathsep):
        environ["PATH"] = f"{programs}{os.pathsep}{path}"
