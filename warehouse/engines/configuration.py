"""Which engines are embedded, and the ports and passwords of those that are.

They are chosen once for each warehouse and kept in `engines.env` in its folder, from where
`warehouse.environment` gives them to every program.
"""

import os
import secrets
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse import environment
from warehouse.engines import ports
from warehouse.errors import UserError

USER = "warehouse"
# The role of the variable `roles` whose rights whoever only reads has on the embedded ClickHouse.
REPORTING = "reporting"
HOST = "127.0.0.1"
WAREHOUSE_DATABASE = "warehouse"
ARCHIVE_DATABASE = "archive"

# Below the ranges from which Linux and macOS give out ports to outgoing connections: a port that
# is kept must still be free at the next start.
_POSTGRES_PORTS = range(15000, 16000)
_CLICKHOUSE_PORTS = range(18000, 19000)

# What is said of a server of the user's own.
_OF_SERVERS = (
    *("USER", "PASSWORD", "DATABASE", "SSLMODE", "SECURE"),
    *("REPORTING_USER", "REPORTING_PASSWORD"),
)


@dataclass(frozen=True)
class Configuration:
    """The embedded engines of one warehouse."""

    postgres: bool
    clickhouse: bool
    postgres_port: int
    postgres_password: str
    clickhouse_port: int
    clickhouse_password: str
    # Of the user who may only read.
    clickhouse_reporting_password: str
    # The address that ClickHouse listens on, of which `0.0.0.0` means all that there are.
    clickhouse_listen: str
    # The name of the setting for the PostgreSQL server's port.
    postgres_port_setting: str

    @property
    def clickhouse_host(self) -> str:
        """The address at which programs of this machine find ClickHouse."""
        everywhere = {"0.0.0.0": HOST, "::": "::1"}  # noqa: S104
        return everywhere.get(self.clickhouse_listen, self.clickhouse_listen)


def embedded(user: Mapping[str, str]) -> dict[str, bool]:
    """Return for each engine whether it is embedded: those that the user named no host for."""
    return {engine: not user.get(f"{engine}_HOST") for engine in environment.ENGINES}


def users_settings() -> dict[str, str]:
    """Return the environment without what `engines.env` added to it."""
    added = environment.filled_in(os.environ)
    return {name: value for name, value in os.environ.items() if name not in added}


def path() -> Path:
    """The file that keeps the ports and passwords."""
    return environment.home() / "engines.env"


def choose() -> Configuration:
    """Return the embedded engines' configuration: the user's, what was kept, or newly chosen.

    Raises:
        UserError: the user's settings contradict each other.
    """
    user = users_settings()
    chosen = embedded(user)
    _refuse_half_settings(user, chosen)
    kept = dict(environment.read_file(path()))
    postgres = chosen["POSTGRES"] or chosen["GREENPLUM"]
    postgres_port = (
        _users_postgres_port(user, chosen)
        or _port(kept, "POSTGRES_PORT")
        or _free_port(_POSTGRES_PORTS)
    )
    clickhouse_port = (
        (_port(user, "CLICKHOUSE_PORT") if chosen["CLICKHOUSE"] else None)
        or _port(kept, "CLICKHOUSE_PORT")
        or _free_port(_CLICKHOUSE_PORTS)
    )
    if postgres and chosen["CLICKHOUSE"] and postgres_port == clickhouse_port:
        raise UserError(
            f"POSTGRES_PORT and CLICKHOUSE_PORT are both {postgres_port}: "
            "give each engine a port of its own in .env"
        )
    return Configuration(
        postgres=postgres,
        clickhouse=chosen["CLICKHOUSE"],
        postgres_port=postgres_port,
        postgres_password=kept.get("POSTGRES_PASSWORD") or secrets.token_urlsafe(18),
        clickhouse_port=clickhouse_port,
        clickhouse_password=kept.get("CLICKHOUSE_PASSWORD") or secrets.token_urlsafe(18),
        clickhouse_reporting_password=(
            kept.get("CLICKHOUSE_REPORTING_PASSWORD") or secrets.token_urlsafe(18)
        ),
        clickhouse_listen=user.get("WAREHOUSE_BRIDGE_LISTEN") or HOST,
        postgres_port_setting="POSTGRES_PORT" if chosen["POSTGRES"] else "GREENPLUM_PORT",
    )


def _refuse_half_settings(user: Mapping[str, str], chosen: Mapping[str, bool]) -> None:
    for engine, is_embedded in chosen.items():
        for setting in _OF_SERVERS:
            if is_embedded and user.get(f"{engine}_{setting}"):
                raise UserError(
                    f"{engine}_{setting} is set but {engine}_HOST is not: set {engine}_HOST to use "
                    f"a server of your own, or unset {engine}_{setting} to use the embedded engine"
                )


def _users_postgres_port(user: Mapping[str, str], chosen: Mapping[str, bool]) -> int | None:
    """The port the user wants for the one server that stands for PostgreSQL and Greenplum."""
    wanted = {
        port
        for engine in ("POSTGRES", "GREENPLUM")
        if chosen[engine] and (port := _port(user, f"{engine}_PORT"))
    }
    if len(wanted) > 1:
        raise UserError(
            "POSTGRES_PORT and GREENPLUM_PORT differ, but one embedded server is both: "
            "set only POSTGRES_PORT, or name a server of your own in GREENPLUM_HOST"
        )
    return wanted.pop() if wanted else None


def _port(settings: Mapping[str, str], name: str) -> int | None:
    value = settings.get(name)
    if not value:
        return None
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise UserError(f"{name} is {value!r}: set it to a port from 1 to 65535")
    return int(value)


def _free_port(candidates: Sequence[int]) -> int:
    # Where the search starts depends on the folder: a warehouse that is stopped does not lose its
    # port to the next one that is made.
    start = zlib.crc32(bytes(environment.home())) % len(candidates)
    for port in [*candidates[start:], *candidates[:start]]:
        if ports.is_free(HOST, port):
            return port
    raise UserError(f"no port from {candidates[0]} to {candidates[-1]} is free on {HOST}")


def keep(configuration: Configuration) -> None:
    """Write the configuration to where all programs and the next start find it."""
    postgres = {
        "HOST": HOST,
        "PORT": configuration.postgres_port,
        "USER": USER,
        "PASSWORD": configuration.postgres_password,
        "SSLMODE": "disable",
    }
    clickhouse = {
        "HOST": configuration.clickhouse_host,
        "PORT": configuration.clickhouse_port,
        "USER": USER,
        "PASSWORD": configuration.clickhouse_password,
        "REPORTING_USER": REPORTING,
        "REPORTING_PASSWORD": configuration.clickhouse_reporting_password,
    }
    engines = {
        "POSTGRES": {**postgres, "DATABASE": WAREHOUSE_DATABASE},
        "GREENPLUM": {**postgres, "DATABASE": ARCHIVE_DATABASE},
        "CLICKHOUSE": clickhouse,
    }
    lines = ["# The embedded engines. Written by `make up`; settings of your own belong in .env."]
    lines += [
        f"{engine}_{name}={value}"
        for engine, settings in engines.items()
        for name, value in settings.items()
    ]
    write_privately(path(), "\n".join(lines) + "\n")


def write_privately(path: Path, text: str) -> None:
    """Replace the file in one step, readable by its owner alone."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
