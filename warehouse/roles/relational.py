"""The roles on PostgreSQL and Greenplum: in one transaction an engine, so nobody is without."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from psycopg2 import sql

from warehouse import project, queries
from warehouse.errors import UserError
from warehouse.roles.logins import Login

# Lies on every engine, and holds no model.
_EVERYWHERE = ("test_failures",)

# Neither what moves with its table, such as the sequence of an identity column, nor parts of a
# partitioned table of Greenplum's, which have their parent's owner.
_NOT_OWNED = """
    select pg_class.relkind::text, pg_class.relname::text
    from pg_catalog.pg_class
    inner join pg_catalog.pg_namespace on pg_namespace.oid = pg_class.relnamespace
    inner join pg_catalog.pg_roles on pg_roles.oid = pg_class.relowner
    where
        pg_namespace.nspname = %s and pg_roles.rolname <> %s
        and pg_class.relkind in ('r', 'p', 'v', 'm', 'S')
        and not exists (
            select 1 from pg_catalog.pg_depend
            where
                pg_depend.classid = 'pg_catalog.pg_class'::regclass
                and pg_depend.objid = pg_class.oid and pg_depend.deptype in ('a', 'i')
        )
        and not exists (
            select 1 from pg_catalog.pg_inherits where pg_inherits.inhrelid = pg_class.oid
        )
"""

_KINDS = {"v": "view", "m": "materialized view", "S": "sequence"}


def apply(
    engine: str, roles: Mapping[str, Any], logins: Sequence[Login], retired: Sequence[str]
) -> None:
    """Make the roles, what they own and read, and their logins as they are to be.

    Raises:
        UserError: The engine does not answer, or the warehouse's user may not make roles there.
    """
    schemas = [*project.SCHEMAS[engine], *_EVERYWHERE]
    with queries.connected(engine) as connection, connection, connection.cursor() as cursor:
        cursor.execute("select rolname::text from pg_catalog.pg_roles")
        there = {name for (name,) in cursor}
        cursor.execute(
            "select rolname::text, rolsuper or rolcreaterole from pg_catalog.pg_roles"
            " where rolname = current_user"
        )
        [(administrator, may_make_roles)] = cursor.fetchall()
        if not may_make_roles:
            raise UserError(
                f"{administrator} may not make roles on {project.ENGINES[engine]}: have its "
                f"administrator run 'alter role {administrator} createrole'"
            )
        for role in roles:
            if role not in there:
                _run(cursor, "create role {} nologin", role)
            # Who is no superuser must be a member to give away what is to be the role's.
            _run(cursor, "grant {} to {}", role, administrator)
        for role, rights in roles.items():
            for schema in _among(schemas, rights.get("owns")):
                _own(cursor, role, schema)
        for role, rights in roles.items():
            _take_back(cursor, role, rights, schemas)
            for schema in _among(schemas, rights.get("reads")):
                _let_read(cursor, role, schema, _owners(roles, schema))
        for login in logins:
            _let_in(cursor, login, there)
            if login.role in retired and login.other in there:
                _run(cursor, "alter role {} nologin", login.other)


def _among(schemas: Sequence[str], named: Sequence[str] | None) -> Iterator[str]:
    return (schema for schema in schemas if schema in (named or ()))


def _owners(roles: Mapping[str, Any], schema: str) -> list[str]:
    return [role for role, rights in roles.items() if schema in rights.get("owns", ())]


def _own(cursor: Any, role: str, schema: str) -> None:
    """Give a schema to a role, with all that the warehouse's own user may have made in it."""
    cursor.execute("select 1 from pg_catalog.pg_namespace where nspname = %s", (schema,))
    if not cursor.fetchone():
        _run(cursor, "create schema {}", schema)
    _run(cursor, "alter schema {} owner to {}", schema, role)
    cursor.execute(_NOT_OWNED, (schema, role))
    for kind, name in cursor.fetchall():
        statement = f"alter {_KINDS.get(kind, 'table')} {{}}.{{}} owner to {{}}"
        _run(cursor, statement, schema, name, role)


def _take_back(cursor: Any, role: str, rights: Mapping[str, Any], schemas: Sequence[str]) -> None:
    """Take what a role was once granted; the columns that it reads are granted by dbt."""
    kept = (*rights.get("owns", ()), *rights.get("reads_impersonal", ()))
    cursor.execute("select nspname::text from pg_catalog.pg_namespace")
    there = {name for (name,) in cursor}
    for schema in schemas:
        if schema in there and schema not in kept:
            _run(cursor, "revoke all on all tables in schema {} from {}", schema, role)
            _run(cursor, "revoke all on all sequences in schema {} from {}", schema, role)
            _run(cursor, "revoke all on schema {} from {}", schema, role)


def _let_read(cursor: Any, role: str, schema: str, owners: Sequence[str]) -> None:
    """Let a role read all that is in a schema, and all that its owners will make there."""
    cursor.execute("select 1 from pg_catalog.pg_namespace where nspname = %s", (schema,))
    if not cursor.fetchone():
        return
    _run(cursor, "grant usage on schema {} to {}", schema, role)
    for what in ("tables", "sequences"):
        _run(cursor, f"grant select on all {what} in schema {{}} to {{}}", schema, role)
        grant = f"in schema {{}} grant select on {what} to {{}}"
        _run(cursor, f"alter default privileges {grant}", schema, role)
        for owner in owners:
            _run(cursor, f"alter default privileges for role {{}} {grant}", owner, schema, role)


def _let_in(cursor: Any, login: Login, there: set[str]) -> None:
    if login.user not in there:
        _run(cursor, "create role {} nologin", login.user)
    _run(cursor, "grant {} to {}", login.role, login.user)
    # What a login makes belongs to its role, whichever of the two it is.
    _run(cursor, "alter role {} set role to {}", login.user, login.role)
    statement = sql.SQL("alter role {} login password %s").format(sql.Identifier(login.user))
    cursor.execute(statement, (login.password,))


def _run(cursor: Any, statement: str, *names: str) -> None:
    cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
