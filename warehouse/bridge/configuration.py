"""The engine's configuration: what it has, and who may do what in it.

All of the bridge's handles are of the engine's user `default`, as it knows no other; who may enter
is the bridge's to say. What may be done on a handle is a matter of the role that it has.
"""

import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from xml.sax.saxutils import escape

from warehouse.bridge.quoting import quote_name
from warehouse.bridge.settings import BridgeSettings

# What a handle may do, one of them at a time.
OWNER = "owner"
READER = "reader"

# The engine puts an overlay over the local file system where a server has the database `default`.
# It is moved out of the way under this name, which the grants below hide.
_OVERLAY = "local_files"

_SERVER = """\
<clickhouse>
    <users_config>{users}</users_config>
    <default_database>{overlay}</default_database>
    <max_server_memory_usage>{memory}</max_server_memory_usage>
    <timezone>UTC</timezone>
    <tcp_port>9000</tcp_port>
    <remote_servers>
        <default>
            <shard><replica><host>127.0.0.1</host><port>9000</port></replica></shard>
        </default>
    </remote_servers>
    <query_log>
        <database>system</database>
        <table>query_log</table>
        <flush_interval_milliseconds>2000</flush_interval_milliseconds>
        <ttl>event_date + INTERVAL 7 DAY DELETE</ttl>
    </query_log>
    <storage_configuration>
        <disks><backups><type>local</type><path>{backups}/</path></backups></disks>
    </storage_configuration>
    <backups><allowed_disk>backups</allowed_disk></backups>
</clickhouse>
"""

# Blocks of a million rows, a server's default, hold several times their size while a table is
# filled: too much for a laptop.
_USERS = """\
<clickhouse>
    <profiles>
        <default>
            <implicit_select>0</implicit_select>
            <max_insert_block_size_bytes>33554432</max_insert_block_size_bytes>
            <min_insert_block_size_bytes>33554432</min_insert_block_size_bytes>
        </default>
    </profiles>
    <quotas>
        <default/>
    </quotas>
    <roles>{roles}
    </roles>
    <users>{users}
    </users>
</clickhouse>
"""
_ROLE = """
        <{name}>
            <grants>{grants}</grants>
        </{name}>"""
_USER = """
        <{name}>
            {authentication}
            <networks><ip>::/0</ip></networks>
            <profile>default</profile>
            <quota>default</quota>
            <grants>{grants}</grants>
            <databases><system>{owners}</system></databases>
        </{name}>"""

# The revoked rights would act on this machine's files with the rights of the bridge, end the
# engine, or take away the database that every handle begins with.
_OWNERS_RIGHTS = (
    "GRANT ALL ON *.*",
    "REVOKE FILE ON *.*",
    "REVOKE URL ON *.*",
    "REVOKE SQLITE ON *.*",
    "REVOKE SHUTDOWN ON *.*",
    f"REVOKE ALL ON {_OVERLAY}.*",
    "REVOKE DROP DATABASE ON default.*",
)

# Other people's queries, and what became of them. The engine lets everybody read `system`.
_OWNERS_TABLES = ("query_log", "processes", "errors")

_ELEMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def write(settings: BridgeSettings, backups: Path) -> Path:
    """Write the configuration into the data folder, and return the file to start with."""
    users, server = settings.data / "users.xml", settings.data / "config.xml"
    users.write_text(_USERS.format(roles=_roles(settings), users=_users(settings)), "utf-8")
    server.write_text(
        _SERVER.format(
            users=escape(str(users)),
            overlay=_OVERLAY,
            memory=settings.memory,
            backups=escape(str(backups)),
        ),
        "utf-8",
    )
    return server


def _roles(settings: BridgeSettings) -> str:
    readable = (settings.reader and settings.reader.reads) or ()
    reading = (f"GRANT SELECT ON {quote_name(database)}.*" for database in readable)
    return _ROLE.format(name=OWNER, grants=_queries(_OWNERS_RIGHTS)) + _ROLE.format(
        name=READER, grants=_queries(reading)
    )


def _users(settings: BridgeSettings) -> str:
    """The engine's own user, and the owner: for dictionaries and tables that log in from inside."""
    users = _user("default", "<no_password/>", (OWNER, READER))
    name = settings.owner.name
    if name != "default" and _ELEMENT_NAME.fullmatch(name):
        digest = sha256(settings.owner.password.encode()).hexdigest()
        users += _user(name, f"<password_sha256_hex>{digest}</password_sha256_hex>", (OWNER,))
    return users


def _user(name: str, authentication: str, roles: Iterable[str]) -> str:
    only_owners = f"<filter>has(currentRoles(), '{OWNER}')</filter>"
    return _USER.format(
        name=name,
        authentication=authentication,
        grants=_queries([f"GRANT {', '.join(roles)}"]),
        owners="".join(f"<{table}>{only_owners}</{table}>" for table in _OWNERS_TABLES),
    )


def _queries(queries: Iterable[str]) -> str:
    return "".join(f"<query>{escape(query)}</query>" for query in queries)
