"""Where the three engines are and who may enter, read from the environment."""

import os
from dataclasses import dataclass, field, replace
from typing import Any

from warehouse.errors import UserError


@dataclass(frozen=True)
class PostgresSettings:
    """A server that speaks PostgreSQL's protocol: PostgreSQL itself, or Greenplum."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str
    sslmode: str

    @property
    def connection(self) -> dict[str, Any]:
        """The keyword arguments of `psycopg2.connect`."""
        return {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password,
            "dbname": self.database,
            "sslmode": self.sslmode,
        }


@dataclass(frozen=True)
class ClickHouseSettings:
    """A server that speaks ClickHouse's HTTP interface."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    secure: bool

    @property
    def connection(self) -> dict[str, Any]:
        """The keyword arguments of `clickhouse_connect.get_client`."""
        return {
            "host": self.host,
            "port": self.port,
            "username": self.user,
            "password": self.password,
            "secure": self.secure,
        }


def postgres() -> PostgresSettings:
    """Settings of the server that holds the raw data and the star schema."""
    return _postgres_settings("POSTGRES", database="warehouse")


def greenplum() -> PostgresSettings:
    """Settings of the server that holds the history."""
    return _postgres_settings("GREENPLUM", database="archive")


def clickhouse() -> ClickHouseSettings:
    """Settings of the server that holds the hot data and its aggregates."""
    secure = _get("CLICKHOUSE_SECURE", "false").lower() in ("1", "true", "yes")
    return ClickHouseSettings(
        host=_host("CLICKHOUSE"),
        port=_port("CLICKHOUSE", 8443 if secure else 8123),
        user=_get("CLICKHOUSE_USER", "default"),
        password=_get("CLICKHOUSE_PASSWORD", ""),
        secure=secure,
    )


def clickhouse_reporting() -> ClickHouseSettings:
    """The same for whoever only reads; on a server without such a user they are no others."""
    found = clickhouse()
    if not (user := _get("CLICKHOUSE_REPORTING_USER", "")):
        return found
    return replace(found, user=user, password=_get("CLICKHOUSE_REPORTING_PASSWORD", ""))


def _postgres_settings(engine: str, *, database: str) -> PostgresSettings:
    return PostgresSettings(
        host=_host(engine),
        port=_port(engine, 5432),
        user=_get(f"{engine}_USER", "warehouse"),
        password=_get(f"{engine}_PASSWORD", ""),
        database=_get(f"{engine}_DATABASE", database),
        sslmode=_get(f"{engine}_SSLMODE", "prefer"),
    )


def _get(name: str, default: str) -> str:
    return os.environ.get(name) or default


def _host(engine: str) -> str:
    host = os.environ.get(f"{engine}_HOST")
    if not host:
        raise UserError(
            f"{engine}_HOST is not set and no embedded engine has been started: "
            f"run 'make up', or set {engine}_HOST in .env"
        )
    return host


def _port(engine: str, default: int) -> int:
    value = _get(f"{engine}_PORT", str(default))
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise UserError(f"{engine}_PORT is {value!r}: set it to a port from 1 to 65535")
    return int(value)
