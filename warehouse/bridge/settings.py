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
_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


@dataclass(frozen=True)
class BridgeSettings:
    """Where the data lies, where to listen, and whom to let in.

    Attributes:
        data: Folder of the engine's files; made if it is missing.
        listen: Address to listen on.
        port: TCP port.
        user: The one user.
        password: Their password; it may be empty on loopback alone.
        memory: Bytes that the engine may hold over all queries.
    """

    data: Path
    listen: str
    port: int
    user: str
    password: str = field(repr=False)
    memory: int

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
    settings = BridgeSettings(
        data=Path(_required("WAREHOUSE_BRIDGE_DATA")).absolute(),
        listen=os.environ.get("WAREHOUSE_BRIDGE_LISTEN") or "127.0.0.1",
        port=_port(_required("CLICKHOUSE_PORT")),
        user=os.environ.get("CLICKHOUSE_USER") or "default",
        password=os.environ.get("CLICKHOUSE_PASSWORD", ""),
        memory=_memory(os.environ.get("WAREHOUSE_CLICKHOUSE_MEMORY", "")),
    )
    if not settings.is_loopback and not settings.password:
        raise UserError(
            f"WAREHOUSE_BRIDGE_LISTEN is {settings.listen}, which other machines can reach: "
            "set CLICKHOUSE_PASSWORD, or listen on 127.0.0.1"
        )
    return settings


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
