"""How the bridge is set up: everything comes from the environment, nothing from the command line.

A command line can be read by every user of the machine, and the password would stand in it.
"""

import os
import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from warehouse.errors import UserError

# The engine counts what its own program takes, which is some 300 MB.
_LEAST_MEMORY = 512 * 2**20

_MAX_QUERIES = 100
# Whoever only reads leaves half of the memory, and most threads, to those who build.
_READERS_MAX_QUERIES = 4
_READERS_SHARE = 8
_READERS_SECONDS = 60

_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


@dataclass(frozen=True)
class User:
    """Who may enter, and how much of the engine is theirs.

    Attributes:
        name: What they call themselves.
        password: It may be empty on loopback alone.
        reads: The databases that they may read, and do nothing else; None: they may do anything.
        max_queries: How many may run at once.
        memory: Bytes that each may hold; 0: as many as the engine has.
        seconds: How long each may take; 0: as long as it does.
    """

    name: str
    password: str = field(repr=False)
    reads: tuple[str, ...] | None = None
    max_queries: int = _MAX_QUERIES
    memory: int = 0
    seconds: int = 0

    @property
    def is_reader(self) -> bool:
        """Whether they may only read."""
        return self.reads is not None


@dataclass(frozen=True)
class BridgeSettings:
    """Where the data lies, where to listen, and whom to let in.

    Attributes:
        data: Folder of the engine's files; made if it is missing.
        listen: Address to listen on.
        port: TCP port.
        owner: Whoever may do anything.
        reader: Whoever may only read, if anybody.
        memory: Bytes that the engine may hold over all queries.
    """

    data: Path
    listen: str
    port: int
    owner: User
    reader: User | None
    memory: int

    @property
    def users(self) -> tuple[User, ...]:
        """Everybody who may enter."""
        return (self.owner, self.reader) if self.reader else (self.owner,)

    @property
    def is_loopback(self) -> bool:
        """Whether only programs of this machine can reach the bridge."""
        try:
            return ip_address(self.listen).is_loopback
        except ValueError:
            return self.listen == "localhost"


def from_environment() -> BridgeSettings:
    """Read the settings.

    Raises:
        UserError: If one is missing or cannot be right.
    """
    memory = _memory(os.environ.get("WAREHOUSE_CLICKHOUSE_MEMORY", ""))
    settings = BridgeSettings(
        data=Path(_required("WAREHOUSE_BRIDGE_DATA")).absolute(),
        listen=os.environ.get("WAREHOUSE_BRIDGE_LISTEN") or "127.0.0.1",
        port=_port(_required("CLICKHOUSE_PORT")),
        owner=User(
            os.environ.get("CLICKHOUSE_USER") or "default",
            os.environ.get("CLICKHOUSE_PASSWORD", ""),
        ),
        reader=_reader(memory),
        memory=memory,
    )
    if not settings.is_loopback and not settings.owner.password:
        raise UserError(
            f"WAREHOUSE_BRIDGE_LISTEN is {settings.listen}, which other machines can reach: "
            "set CLICKHOUSE_PASSWORD, or listen on 127.0.0.1"
        )
    return settings


def _reader(memory: int) -> User | None:
    name = os.environ.get("CLICKHOUSE_REPORTING_USER")
    if not name:
        return None
    databases = os.environ.get("WAREHOUSE_BRIDGE_READS", "").split(",")
    return User(
        name,
        _required("CLICKHOUSE_REPORTING_PASSWORD"),
        reads=tuple(filter(None, databases)),
        max_queries=_READERS_MAX_QUERIES,
        memory=memory // _READERS_SHARE,
        seconds=_READERS_SECONDS,
    )


def _required(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise UserError(f"{name} is not set: the ClickHouse bridge takes it from the environment")
    return value


def _port(value: str) -> int:
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise UserError(f"CLICKHOUSE_PORT is {value!r}: set it to a port from 1 to 65535")
    return int(value)


def _memory(value: str) -> int:
    if not value:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?", value.strip(), re.IGNORECASE)
    memory = int(float(match[1]) * _UNITS[match[2].upper()]) if match else 0
    if memory < _LEAST_MEMORY:
        raise UserError(
            f"WAREHOUSE_CLICKHOUSE_MEMORY is {value!r}: give bytes, or a size such as 4G, "
            "and 512M at least"
        )
    return memory
