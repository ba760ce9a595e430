"""The engines' addresses as SQLAlchemy writes them, which the definitions name by engine."""

from collections.abc import Mapping
from urllib.parse import quote

from warehouse import settings
from warehouse.settings import PostgresSettings


def addresses() -> Mapping[str, str]:
    """Return by engine where it is and who enters.

    Raises:
        UserError: An engine has neither a host nor been started.
    """
    return {
        "clickhouse": _clickhouse(),
        "greenplum": _postgres(settings.greenplum()),
        "postgres": _postgres(settings.postgres()),
    }


def _clickhouse() -> str:
    server = settings.clickhouse_reporting()
    who = _account(server.user, server.password)
    secure = "?secure=true" if server.secure else ""
    return f"clickhousedb://{who}@{_host(server.host)}:{server.port}/serving{secure}"


def _postgres(server: PostgresSettings) -> str:
    who = _account(server.user, server.password)
    place = f"{_host(server.host)}:{server.port}/{quote(server.database, safe='')}"
    # Nothing that a dashboard asks writes.
    read_only = quote("-c default_transaction_read_only=on", safe="")
    return f"postgresql+psycopg2://{who}@{place}?sslmode={server.sslmode}&options={read_only}"


def _account(user: str, password: str) -> str:
    return f"{quote(user, safe='')}:{quote(password, safe='')}"


def _host(host: str) -> str:
    return f"[{host}]" if ":" in host else host
