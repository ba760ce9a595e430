"""SeaweedFS: an object store as of Amazon's, with a REST catalogue of Iceberg, for the tests."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bridge.bridge_process import free_port
from support import PROGRAMS

USER, PASSWORD = "tester", "of the lake"

# Each part of the server listens on a port for HTTP, and on one for its peers.
_PARTS = ("master", "volume", "filer", "s3", "admin")


@dataclass(frozen=True)
class ObjectStore:
    """A server that runs, with the buckets `lake`, and `tables` of the catalogue."""

    port: int
    catalogue_port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def catalogue(self) -> str:
        return f"http://127.0.0.1:{self.catalogue_port}"


@contextmanager
def running(folder: Path) -> Iterator[ObjectStore]:
    ports = {f"{part}.port{kind}": free_port() for part in _PARTS for kind in ("", ".grpc")} | {
        "s3.port.iceberg": free_port()
    }
    with (folder / "weed.log").open("w") as log:
        server = subprocess.Popen(
            [
                *(PROGRAMS / "weed", "mini", f"-dir={folder}", "-ip=127.0.0.1"),
                *("-ip.bind=127.0.0.1", "-webdav=false", "-admin.ui=false", "-s3.port.lance=0"),
                *("-bucket=lake", "-tableBucket=tables"),
                *(f"-{name}={port}" for name, port in ports.items()),
            ],
            env={"AWS_ACCESS_KEY_ID": USER, "AWS_SECRET_ACCESS_KEY": PASSWORD, "HOME": str(folder)},
            stdout=log,
            stderr=log,
        )
    try:
        _wait(server, folder / "weed.log")
        yield ObjectStore(ports["s3.port"], ports["s3.port.iceberg"])
    finally:
        server.terminate()
        server.wait()


def _wait(server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(600):
        if "All enabled components are running" in log.read_text(errors="replace"):
            return
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError(log.read_text(errors="replace"))
