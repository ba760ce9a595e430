"""What a figure was measured on."""

import os
import platform
import subprocess
from contextlib import suppress
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import psutil

from benchmarks.scratch import Warehouse
from warehouse import environment

_PACKAGES = ("dbt-core", "dbt-clickhouse", "dbt-postgres", "meltano", "chdb", "pandas")


def described(warehouse: Warehouse) -> dict[str, str]:
    """Machine, versions, commit and moment, by name."""
    (postgres,), (greenplum,) = (
        warehouse.query("select version()", engine)[0] for engine in ("POSTGRES", "GREENPLUM")
    )
    with warehouse.clickhouse() as client:
        clickhouse = client.server_version
    return {
        "cores": str(os.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "processor": _processor(),
        "system": platform.system(),
        "Python": platform.python_version(),
        "PostgreSQL": postgres.split()[1],
        "ClickHouse": clickhouse,
        "archive": "Greenplum" if "Greenplum" in greenplum else "the stand-in",
        **{package: metadata.version(package) for package in _PACKAGES},
        "commit": _commit(),
        "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "load before": f"{os.getloadavg()[0]:.1f}",
    }


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


def _commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=environment.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or "unknown"
