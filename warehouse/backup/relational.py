"""PostgreSQL and Greenplum, there and back by their own pg_dump and pg_restore."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from psycopg2 import sql

from warehouse import queries
from warehouse.backup import programs, servers
from warehouse.backup.servers import NAMES, Server
from warehouse.errors import UserError

_AT_ONCE = 4


def dump(engine: str, folder: Path, lock: int) -> dict[str, Any]:
    """Write all schemas of an engine's database, as of one moment.

    Args:
        engine: The dbt target.
        folder: Is made, with a file for each table.
        lock: The descriptor of the place's lock, which pg_dump shares: were this process killed,
            the next backup waits for its end.

    Returns:
        What a restore has to know.

    Raises:
        UserError: The server does not answer, or pg_dump fails.
    """
    server = servers.meet(engine)
    schemas = server.schemas()
    part = {
        "product": server.product,
        "release": server.release,
        "version": server.version,
        "schemas": schemas,
        "roles": server.grantees(),
    }
    if schemas:
        options = [f'--schema="{schema}"' for schema in schemas]
        # Greenplum 6 has no snapshot that several sessions could share.
        jobs = [] if server.is_greenplum else [f"--jobs={_jobs()}"]
        _run(
            server, "pg_dump", "--format=directory", "--no-owner", *jobs, *options,
            f"--file={folder}", lock=lock,
        )  # fmt: skip
    if server.is_greenplum and schemas:
        _require_distribution(folder)
    return part


def restore(part: dict[str, Any], server: Server, folder: Path) -> None:
    """Write what was dumped into an empty database.

    On a server of the user's own it is one transaction: all of it or nothing.

    Raises:
        UserError: pg_restore fails.
    """
    if not part["schemas"]:
        return
    _make_roles(server.engine, part["roles"])
    how = f"--jobs={_jobs()}" if server.is_embedded else "--single-transaction"
    database = f"--dbname={server.settings.database}"
    _run(server, "pg_restore", "--exit-on-error", "--no-owner", how, database, str(folder))
    # A plan made without statistics can take hours where it should take seconds.
    with queries.connected(server.engine) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("analyze")


def require_fit(part: dict[str, Any], server: Server) -> None:
    """Refuse a server that cannot take what another one has dumped.

    Raises:
        UserError: It is another product, or an older version.
    """
    wanted = f"{part['product']} {part['release']}"
    if (part["product"] == "PostgreSQL") == server.is_greenplum:
        raise UserError(
            f"the backup's {server.engine} part is of {wanted}, and {NAMES[server.engine]} here is "
            f"{server.product} {server.release}: name one of that kind in GREENPLUM_HOST, or none"
        )
    if part["version"] > server.version:
        raise UserError(
            f"the backup's {server.engine} part is of {wanted}, which is newer than the server "
            f"here, {server.product} {server.release}"
        )


def _jobs() -> int:
    return min(os.cpu_count() or 1, _AT_ONCE)


def _run(server: Server, program: str, *options: str, lock: int | None = None) -> None:
    path = programs.find(program, server.version, greenplum=server.is_greenplum)
    done = subprocess.run(
        [path, "--no-password", *options],
        env={**os.environ, **server.environ, **programs.libraries(path)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        pass_fds=[] if lock is None else [lock],
        check=False,
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "error:" in line.lower()]
        reason = (said or done.stderr.splitlines() or ["it does not say why"])[0]
        raise UserError(f"{program} failed on {NAMES[server.engine]}: {reason}")


def _require_distribution(folder: Path) -> None:
    """Refuse a dump by PostgreSQL's own pg_dump, which restores tables, but not where rows lie."""
    if b"DISTRIBUTED" not in (folder / "toc.dat").read_bytes():
        raise UserError(
            "the pg_dump that was found is not Greenplum's: set WAREHOUSE_GREENPLUM_PROGRAMS to "
            "the folder of Greenplum's own programs"
        )


def _make_roles(engine: str, roles: Sequence[str]) -> None:
    """Make the roles that something is granted to; who may log in as one is not for a backup."""
    with queries.connected(engine) as connection, connection, connection.cursor() as cursor:
        cursor.execute("select rolname::text from pg_catalog.pg_roles")
        there = {name for (name,) in cursor.fetchall()}
        for role in roles:
            if role not in there:
                cursor.execute(sql.SQL("create role {} nologin").format(sql.Identifier(role)))
