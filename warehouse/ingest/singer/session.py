"""The target's session with PostgreSQL."""

import functools

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812

from warehouse import disk, settings
from warehouse.errors import UserError
from warehouse.ingest.raw import tables


@functools.cache
def session() -> Connection:
    """The session of this process that prepares tables and keeps other loads out."""
    return new_session()


def new_session() -> Connection:
    """Open a session in which files can be loaded.

    The server and its password come from the environment, so that none of it is ever written to
    a plugin's configuration file.

    Raises:
        UserError: The server cannot be reached, or lets nobody in.
    """
    server = settings.postgres()
    try:
        connection: Connection = psycopg2.connect(
            **server.connection, application_name="target-warehouse"
        )
    except psycopg2.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        no_connection = f"no connection to PostgreSQL at {server.host}:{server.port}: {reason}"
        raise UserError(disk.explanation(error) or no_connection) from error
    connection.set_client_encoding("UTF8")
    tables.prepare_session(connection)
    return connection
