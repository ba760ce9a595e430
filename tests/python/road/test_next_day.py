"""What changes after a month was archived: the star follows it, the archive keeps both."""

from pathlib import Path
from typing import Any

from support import Warehouse

VERSIONS = """
    select version, is_withdrawn, quantity from archive.historical_sales
    where sale_id = '{sale_id}' order by version
"""


def test_corrections_and_withdrawals_become_versions(tmp_path: Path) -> None:
    files = tmp_path / "files"
    warehouse = Warehouse(tmp_path / "home", {"SHOP_FILES": str(files)})
    warehouse.run("warehouse", "sample", "--rows", "2000", "--to", files)
    try:
        warehouse.run("warehouse", "run")
        corrected, withdrawn = _two_sales(warehouse)
        _write_correction(files, corrected)
        _withdraw(files, withdrawn)

        warehouse.run("meltano", "run", "daily", "monthly")

        assert _versions(warehouse, corrected["sale_id"]) == [
            (1, False, corrected["quantity"]),
            (2, False, 99),
        ]
        assert _versions(warehouse, withdrawn["sale_id"]) == [
            (1, False, withdrawn["quantity"]),
            (2, True, withdrawn["quantity"]),
        ]
        lines = "select count(*), sum(amount) from {}"
        assert warehouse.query(lines.format("archive.current_sales"), "GREENPLUM") == (
            warehouse.query(lines.format("marts.fct_sales"))
        )
        _old_months_leave_clickhouse(warehouse, warehouse.query(lines.format("marts.fct_sales")))
    finally:
        warehouse.run("warehouse", "down", check=False)


def _old_months_leave_clickhouse(warehouse: Warehouse, expected: list[tuple[Any, ...]]) -> None:
    """Those that the archive holds as they are, and no others; reports over both lose nothing."""
    warehouse.query(
        "update archive.archive_ledger set sale_lines = sale_lines + 1 "
        "where table_name = 'historical_sales' and sale_month = '2024-05-01'",
        "GREENPLUM",
    )
    warehouse.run(
        *("dbt", "build", "--target", "clickhouse", "--exclude-resource-type", "test"),
        *("--select", "hot_months", "hot_sales", "all_sales", "--vars", "hot_months: 3"),
    )
    client = warehouse.clickhouse()
    hot = client.query("select distinct formatDateTime(sale_date, '%Y-%m') from serving.hot_sales")
    newest = {"2025-10", "2025-11", "2025-12"}
    assert {month for (month,) in hot.result_rows} == newest | {"2024-05"}
    whole = client.query("select count(), sum(amount) from serving.all_sales").result_rows
    assert [tuple(row) for row in whole] == expected


def _two_sales(warehouse: Warehouse) -> list[dict[str, Any]]:
    names = ("sale_id", "sold_at", "quantity", "unit_price")
    rows = warehouse.query(
        f"select {', '.join(names)} from marts.fct_sales order by sale_id limit 2"
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def _write_correction(files: Path, sale: dict[str, Any]) -> None:
    """A late file has the sale once more, with another quantity."""
    (files / "sales_data" / "sales_data_2026-01-01.csv").write_text(
        "sale_id,sold_at,product_id,quantity,unit_price,customer_id\n"
        f"{sale['sale_id']},{sale['sold_at']},P00001,99,{sale['unit_price']},\n"
    )


def _withdraw(files: Path, sale: dict[str, Any]) -> None:
    """The sale is gone from the files that had it."""
    for file in (files / "sales_data").glob("*.csv"):
        lines = file.read_text("utf-8").splitlines(keepends=True)
        kept = [line for line in lines if sale["sale_id"] not in line.upper()]
        if kept != lines:
            file.write_text("".join(kept), "utf-8")


def _versions(warehouse: Warehouse, sale_id: str) -> list[tuple[Any, ...]]:
    return warehouse.query(VERSIONS.format(sale_id=sale_id), "GREENPLUM")
