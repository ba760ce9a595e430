"""PostgreSQL and Greenplum as a backup meets them: what they are, and what is theirs to keep."""

from dataclasses import dataclass

from warehouse import queries, settings
from warehouse.engines.configuration import embedded, users_settings
from warehouse.engines.status import product
from warehouse.errors import UserError
from warehouse.settings import PostgresSettings

ENGINES = ("postgres", "greenplum")
NAMES = {"postgres": "PostgreSQL", "greenplum": "Greenplum"}

# What belongs to the server itself; and `public`, which every database has.
_SCHEMAS = """
    select nspname::text from pg_catalog.pg_namespace
    where nspname !~ '^pg_' and nspname not in ('information_schema', 'gp_toolkit', 'public')
    order by nspname
"""

_GRANTEES = """
    select distinct rolname::text
    from (
        select relacl as acl from pg_catalog.pg_class
        union all select nspacl from pg_catalog.pg_namespace
        union all select attacl from pg_catalog.pg_attribute where attrelid > 16383
    ) as granted
    cross join lateral aclexplode(acl) as entry
    inner join pg_catalog.pg_roles on pg_roles.oid = entry.grantee
    where pg_roles.oid > 16383 and rolname <> current_user
    order by 1
"""


@dataclass(frozen=True)
class Server:
    """A server that is there, and answers.

    Attributes:
        engine: The dbt target that lies on it.
        product: PostgreSQL, Greenplum or a fork of it.
        release: Its own version: 18.4, 6.24.3.
        version: That of its PostgreSQL, as `server_version_num` has it, in hundreds.
    """

    engine: str
    product: str
    release: str
    version: int

    @property
    def is_greenplum(self) -> bool:
        """Whether it has segments."""
        return self.product != "PostgreSQL"

    @property
    def is_embedded(self) -> bool:
        """Whether it is the embedded PostgreSQL."""
        return embedded(users_settings())[self.engine.upper()]

    @property
    def settings(self) -> PostgresSettings:
        """Where it is, and who may enter."""
        return settings.greenplum() if self.engine == "greenplum" else settings.postgres()

    @property
    def environ(self) -> dict[str, str]:
        """What PostgreSQL's programs are told by their environment, which no other user sees."""
        where = self.settings
        return {
            "PGHOST": where.host,
            "PGPORT": str(where.port),
            "PGUSER": where.user,
            "PGPASSWORD": where.password,
            "PGDATABASE": where.database,
            "PGSSLMODE": where.sslmode,
        }

    def schemas(self) -> list[str]:
        """The names of the schemas in its database."""
        return [name for (name,) in queries.run(_SCHEMAS, self.engine)[1]]

    def grantees(self) -> list[str]:
        """The roles that something is granted to, besides the warehouse's own."""
        return [name for (name,) in queries.run(_GRANTEES, self.engine)[1]]

    def require_empty(self) -> None:
        """Refuse a database that holds anything.

        Raises:
            UserError: It does.
        """
        if found := self.schemas():
            raise UserError(
                f"the database {self.settings.database} of {NAMES[self.engine]} is not empty (it "
                f"has the schema {found[0]}): a restore goes into a new one"
            )


def meet(engine: str) -> Server:
    """Ask a server what it is.

    Raises:
        UserError: It does not answer.
    """
    question = "select version(), current_setting('server_version_num')::int"
    _, [[told, number]] = queries.run(question, engine)
    name, release = product(told).split()
    return Server(engine, name, release, number // 100)
