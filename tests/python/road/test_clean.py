"""After `make clean`, a run starts from nothing."""

from pathlib import Path

from support import Warehouse


def test_a_cleaned_warehouse_is_built_anew(tmp_path: Path) -> None:
    files = tmp_path / "files"
    warehouse = Warehouse(tmp_path / "home", {"SHOP_FILES": str(files)})
    warehouse.run("warehouse", "sample", "--rows", "1000", "--to", files)
    lines = "select count(*), sum(amount) from marts.fct_sales"
    try:
        warehouse.run("warehouse", "run")
        before = warehouse.query(lines)
        warehouse.run("warehouse", "clean")
        assert not warehouse.home.exists()
        warehouse.run("warehouse", "run")
        assert warehouse.query(lines) == before
    finally:
        warehouse.run("warehouse", "down", check=False)
