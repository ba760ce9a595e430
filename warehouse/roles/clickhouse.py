"""The roles on a ClickHouse server: the grants of each are one statement, so nobody is without."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from warehouse import project, queries
from warehouse.errors import UserError
from warehouse.roles.logins import Login

_SCHEMAS = (*project.SCHEMAS["clickhouse"], "test_failures")

# Show the schemas of the other engines: made anew in each run (macros/engines/create_bridges.sql).
_BRIDGES = ("marts", "landing", "archive")
_ON_A_BRIDGE = ("SHOW", "SELECT", "INSERT", "CREATE DATABASE", "DROP DATABASE")

# What dbt asks of a server, and what is watched of it.
_ABOUT_IT = ("SELECT ON system.*", "SELECT ON information_schema.*")

# No right to do so, and no place for what is made by SQL.
_MAY_NOT = ("Code: 497", "Code: 514")

# Of whoever only reads: they change no setting, and a query that takes longer is a mistake.
_READERS_SETTINGS = "readonly = 1, max_execution_time = 60"


def apply(
    roles: Mapping[str, Any], logins: Sequence[Login], retired: Sequence[str], cluster: str
) -> list[Login]:
    """Make the roles that have something to do here, and their logins; return these.

    Raises:
        UserError: The server does not answer, or the warehouse's user may not make roles there.
    """
    here = {role: rights for role, rights in roles.items() if _has_to_do(rights)}
    let_in = [login for login in logins if login.role in here]
    for statement in _statements(here, let_in, retired, cluster):
        _run(statement)
    return let_in


def _has_to_do(rights: Mapping[str, Any]) -> bool:
    return any(set(_SCHEMAS) & set(schemas) for schemas in rights.values())


def _statements(
    roles: Mapping[str, Any], logins: Sequence[Login], retired: Sequence[str], cluster: str
) -> Iterator[str]:
    on = f" ON CLUSTER `{cluster}`" if cluster else ""
    for role, rights in roles.items():
        yield f"CREATE ROLE IF NOT EXISTS `{role}`{on}"
        if rights.get("reads_impersonal"):
            # The columns that it reads are granted by dbt.
            yield f"ALTER ROLE `{role}`{on} SETTINGS {_READERS_SETTINGS}"
            continue
        granted = ", ".join(privileges(rights, is_cluster=bool(cluster)))
        yield f"GRANT{on} {granted} TO `{role}` WITH REPLACE OPTION"
    for login in logins:
        # The password itself is on no wire and in no log.
        digest = sha256(login.password.encode()).hexdigest()
        yield f"CREATE USER IF NOT EXISTS `{login.user}`{on}"
        yield f"ALTER USER `{login.user}`{on} IDENTIFIED WITH sha256_hash BY '{digest}'"
        yield f"GRANT{on} `{login.role}` TO `{login.user}`"
        yield f"ALTER USER `{login.user}`{on} DEFAULT ROLE `{login.role}`"
        if login.role in retired:
            yield f"DROP USER IF EXISTS `{login.other}`{on}"


def privileges(rights: Mapping[str, Any], *, is_cluster: bool = False) -> Iterator[str]:
    """What a role may do that owns schemas, or reads them as a whole."""
    owned = [schema for schema in _SCHEMAS if schema in rights.get("owns", ())]
    for schema in owned:
        yield f"ALL ON `{schema}`.*"
    if owned:
        for bridge in _BRIDGES:
            yield f"{', '.join(_ON_A_BRIDGE)} ON `{bridge}`.*"
        yield "POSTGRES, CREATE TEMPORARY TABLE ON *.*"
        if is_cluster:
            yield "CLUSTER, REMOTE ON *.*"
    for schema in _SCHEMAS:
        if schema in rights.get("reads", ()):
            yield f"SELECT ON `{schema}`.*"
    yield from _ABOUT_IT


def _run(statement: str) -> None:
    try:
        queries.execute(statement, "clickhouse")
    except UserError as error:
        if any(code in str(error) for code in _MAY_NOT):
            raise UserError(
                "the warehouse's user may not make roles on ClickHouse: give it "
                "'access_management' there, and a folder for what is made by SQL"
            ) from error
        raise
