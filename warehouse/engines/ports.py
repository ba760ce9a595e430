"""Whether a port is free, and who has it if not."""

import contextlib
import socket
import time

import psutil

from warehouse.errors import UserError

# A server that was killed counts as ended before the last of its threads has let go of its port.
_PATIENCE_SECONDS = 5.0


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As the engines do it: connections of a server that has just ended do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except PermissionError as error:
            raise UserError(
                f"port {port} is reserved to root: choose one above 1023 in .env"
            ) from error
        except OSError:
            return False
    return True


def require_free(host: str, port: int, setting: str, where: str = " in .env") -> None:
    """Raise a UserError that says who has the port, unless it is free.

    Args:
        host: The address.
        port: The port.
        setting: What chooses it.
        where: Where that stands.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not is_free(host, port):
        owner = _owner(port)
        if owner or time.monotonic() > deadline:
            raise UserError(
                f"port {port} on {host} is taken by {owner or 'another program'}: "
                f"stop that, or set {setting}{where} to a port that is free"
            )
        time.sleep(0.05)


def _owner(port: int) -> str | None:
    # Other users' connections are hidden from anyone but root.
    with contextlib.suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            if connection.status != psutil.CONN_LISTEN or not connection.laddr:
                continue
            if connection.laddr.port == port and connection.pid:
                process = psutil.Process(connection.pid)
                return f"the process {process.pid} ({process.name()})"
    return None
