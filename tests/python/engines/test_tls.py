"""With TLS asked for, nobody is talked to whose certificate is not right: on all three engines."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from support import Warehouse

HOST = "localhost"
SSL_REQUEST = struct.pack("!ii", 8, 80877103)

Certificate = Callable[[trustme.CA], trustme.LeafCert]

CERTIFICATES: dict[str, Certificate] = {
    "right": lambda authority: authority.issue_cert(HOST),
    "of another host": lambda authority: authority.issue_cert("db.example.org"),
    "expired": lambda authority: authority.issue_cert(
        HOST, not_after=datetime.now(UTC) - timedelta(days=1)
    ),
    "of another authority": lambda _: trustme.CA().issue_cert(HOST),
}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, Path]:
    """An authority, and the file of its certificate, which clients trust."""
    made, file = trustme.CA(), tmp_path_factory.mktemp("authority") / "ca.pem"
    made.cert_pem.write_to_path(file)
    return made, file


@contextmanager
def behind_tls(
    warehouse: Warehouse, engine: str, certificate: trustme.LeafCert | None
) -> Iterator[int]:
    """The port of an engine behind a proxy that ends TLS; without a certificate the engine's own.

    The embedded engines have none themselves. What is tested is what the clients ask for.
    """
    inside = (warehouse.setting(f"{engine}_HOST"), int(warehouse.setting(f"{engine}_PORT")))
    if not certificate:
        yield inside[1]
        return
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_serve, args=(listener, context, inside), daemon=True).start()
        yield listener.getsockname()[1]
        # Wakes the thread, which else holds on to the port.
        listener.shutdown(socket.SHUT_RDWR)


def _serve(listener: socket.socket, context: ssl.SSLContext, inside: tuple[str, int]) -> None:
    with suppress(OSError):  # the test has ended
        while True:
            client, _ = listener.accept()
            threading.Thread(target=_enter, args=(client, context, inside), daemon=True).start()


def _enter(client: socket.socket, context: ssl.SSLContext, inside: tuple[str, int]) -> None:
    with suppress(OSError):  # a client that refuses the certificate hangs up
        # PostgreSQL's clients ask in its own protocol whether there is TLS.
        if client.recv(len(SSL_REQUEST), socket.MSG_PEEK) == SSL_REQUEST:
            client.recv(len(SSL_REQUEST))
            client.sendall(b"S")
        outer = context.wrap_socket(client, server_side=True)
        inner = socket.create_connection(inside)
        threading.Thread(target=_pump, args=(inner, outer), daemon=True).start()
        _pump(outer, inner)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


@contextmanager
def secured(
    warehouse: Warehouse, certificate: trustme.LeafCert | None, trusted: Path
) -> Iterator[Warehouse]:
    """The warehouse as one of servers of its user's, with TLS asked for."""
    with (
        behind_tls(warehouse, "POSTGRES", certificate) as postgres,
        behind_tls(warehouse, "CLICKHOUSE", certificate) as clickhouse,
    ):
        ports = {"POSTGRES": postgres, "GREENPLUM": postgres, "CLICKHOUSE": clickhouse}
        settings = {
            f"{engine}_{name}": warehouse.setting(f"{engine}_{name}")
            for engine in ports
            for name in ("USER", "PASSWORD", "DATABASE")
            if (engine, name) != ("CLICKHOUSE", "DATABASE")
        }
        for engine, port in ports.items():
            settings |= {f"{engine}_HOST": HOST, f"{engine}_PORT": str(port)}
        yield warehouse.with_settings(
            **settings,
            POSTGRES_SSLMODE="verify-full",
            GREENPLUM_SSLMODE="verify-full",
            PGSSLROOTCERT=str(trusted),
            CLICKHOUSE_SECURE="true",
            SSL_CERT_FILE=str(trusted),
        )


def states(warehouse: Warehouse) -> list[str]:
    """What `warehouse status` says of each engine: whether it answers, or why not."""
    lines = warehouse.run("warehouse", "status", check=False).stdout.splitlines()[1:4]
    assert [line.split(":")[0] for line in lines] == ["PostgreSQL", "ClickHouse", "Greenplum"]
    return [line.rsplit("  ", 1)[-1] for line in lines]


@pytest.mark.parametrize("kind", CERTIFICATES)
def test_a_certificate_must_be_right(
    engines: Warehouse, authority: tuple[trustme.CA, Path], kind: str
) -> None:
    made, trusted = authority
    certificate = CERTIFICATES[kind](made)
    with secured(engines, certificate, trusted) as warehouse:
        found = states(warehouse)
    if kind == "right":
        assert found == ["answers"] * 3
    else:
        assert all("answers" not in state for state in found), found
        reason = "does not match" if kind == "of another host" else "certificate"
        assert reason in found[0]
        assert reason in found[2]


def test_a_server_without_tls_is_not_talked_to(
    engines: Warehouse, authority: tuple[trustme.CA, Path]
) -> None:
    with secured(engines, None, authority[1]) as warehouse:
        found = states(warehouse)
    assert "does not support SSL" in found[0]
    assert "does not support SSL" in found[2]
    assert "answers" not in found[1]


@pytest.mark.parametrize("target", ["postgres", "greenplum", "clickhouse"])
def test_dbt_asks_for_it_as_well(
    engines: Warehouse, authority: tuple[trustme.CA, Path], target: str
) -> None:
    made, trusted = authority
    certificate = CERTIFICATES["of another host"](made)
    with secured(engines, certificate, trusted) as warehouse:
        done = warehouse.run("dbt", "debug", "--connection", "--target", target, check=False)
    assert done.returncode != 0
    assert "match" in done.stdout
