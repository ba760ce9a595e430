"""The stock Singer tap and target: files to PostgreSQL, message by message.

The tap is MeltanoLabs' tap-csv, which its makers publish as a repository alone, and the target is
meltanolabs-target-postgres; both are to be installed in a virtual environment of their own, as
Meltano would do. They are set as they load fastest: by COPY, in large batches, without checking
each message and without keys. Its tables lie in the schema `singer`.

Sources: https://github.com/MeltanoLabs/tap-csv, https://github.com/MeltanoLabs/target-postgres
"""

import json
import subprocess
from pathlib import Path

import click

from benchmarks.scratch import Warehouse

_KINDS = ("sales_data", "product_data", "customer_data")


def load(warehouse: Warehouse, programs: Path) -> None:
    """Load the three kinds of files.

    Raises:
        click.ClickException: The tap or the target failed.
    """
    files = [{"entity": kind, "path": str(warehouse.files / kind), "keys": []} for kind in _KINDS]
    environ = warehouse.environ
    database = {
        "host": environ["POSTGRES_HOST"],
        "port": int(environ["POSTGRES_PORT"]),
        "user": environ["POSTGRES_USER"],
        "password": environ["POSTGRES_PASSWORD"],
        "database": environ["POSTGRES_DATABASE"],
    }
    tap = _written(warehouse.folder / "tap.json", {"files": files})
    target = _written(
        warehouse.folder / "target.json",
        database
        | {
            "default_target_schema": "singer",
            "use_copy": True,
            "batch_size_rows": 100_000,
            "validate_records": False,
            "add_record_metadata": False,
            "activate_version": False,
        },
    )
    with subprocess.Popen(
        [programs / "tap-csv", "--config", tap],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as messages:
        loader = programs / "target-postgres"
        warehouse.run(loader, "--config", target, stdin=messages.stdout)
    if messages.returncode:
        raise click.ClickException("tap-csv failed: run it by hand to see why")


def _written(path: Path, settings: dict[str, object]) -> Path:
    path.touch(mode=0o600)
    path.write_text(json.dumps(settings), encoding="utf-8")
    return path
