"""A disk that is full: one line says which, and when there is space again everything goes on."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support import Warehouse

HEADER = "sale_id,sold_at,product_id,quantity,unit_price,customer_id\n"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300m", "tmpfs", folder], capture_output=True
    )
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted: {mounted.stderr.decode().strip()}")
    folder.chmod(0o755)
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def fill(folder: Path, left: int) -> Path:
    """Take all space of a disk but so many bytes."""
    filler = folder / "filler"
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(folder).free - left)
    return filler


def test_a_full_disk_is_told_in_one_line(
    small_disk: Path, tmp_path: Path, new_warehouse: Callable[..., Warehouse]
) -> None:
    files = tmp_path / "shop"
    sales = files / "sales_data" / "sales.csv"
    sales.parent.mkdir(parents=True)
    rows = (f"{n},2024-01-01 10:00:00,P1,1,2.50,C1\n" for n in range(400_000))
    sales.write_text(HEADER + "".join(rows))
    warehouse = new_warehouse("disk/warehouse", SHOP_FILES=str(files))
    warehouse.run("warehouse", "up")
    told = f"the disk of {warehouse.home} (mounted at {small_disk}) is full, with "

    filler = fill(small_disk, 16_000_000)
    by_hand = warehouse.run("meltano", "run", "load", check=False)
    assert by_hand.returncode == 1
    assert told in by_hand.stderr.strip().splitlines()[-1]
    by_make = warehouse.run("warehouse", "ingest", check=False)
    assert by_make.returncode == 1
    # PostgreSQL may have ended, and is not started then.
    assert told in by_make.stderr.strip().splitlines()[-1]
    for done in (by_hand, by_make):
        assert "Traceback" not in done.stdout + done.stderr
        assert "SystemError" not in done.stderr

    filler.unlink()
    warehouse.run("warehouse", "up")
    sales.write_text(HEADER + "1,2024-01-01 10:00:00,P1,1,2.50,C1\n")
    warehouse.run("warehouse", "ingest")
    assert warehouse.query("select count(*) from raw.sales_data") == [(1,)]

    fill(small_disk, 0)
    built = warehouse.run("warehouse", "build", check=False)
    assert built.returncode == 1
    assert told in built.stderr.strip().splitlines()[-1]
    assert "Traceback" not in built.stdout + built.stderr
