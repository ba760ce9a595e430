"""Stores and channels: from a source's files to all engines, told by a list or by sales alone."""

from decimal import Decimal
from pathlib import Path

from support import Warehouse

SOURCES = ("chain", "kiosk")

SALES = """ID,Date,SKU,Qty,Price,Customer,StoreKey
1,2025-10-01,P1,2,10.00,C1,1
2,2025-10-01,P1,1,10.00,C1,0
3,2025-10-02,P2,3,5.00,C1,9
4,2025-10-02,P2,1,5.00,C1,N/A
5,2025-11-03,P1,-1,10.00,C1,1
"""
CUSTOMERS = "customer,city\nC1,London\n"
# The channel has no place; a line without a number is no store.
STORES = """StoreKey,Store Name,City,State,Country,Square Meters,Open Date
0,Web,,,,,13/01/2010
1,High Street,LEEDS,,,595.5,25/12/2008
,Ghost,,,,,
"""
# The store is larger now, and the one that only a sale named has come.
STORES_LATER = """StoreKey,Store Name,City,State,Country,Square Meters,Open Date
0,Web,,,,,13/01/2010
1,High Street,LEEDS,,,800,25/12/2008
9,Outlet,,Texas,United States,100,31/05/2020
"""
KIOSK = "Beleg-Nr;Datum;Artikel;Menge;Preis;Filiale\n1;31.10.2025;B1;2;1,50;Köln\n"

SOLD = """
    select sales.source_system, sale_id, stores.store_id, store_name, city, region, is_inferred
    from marts.fct_sales as sales join marts.dim_store as stores using (store_key)
    where sales.source_system in ('chain', 'kiosk') order by 1, 2
"""


def make(warehouse: Warehouse, place: Path) -> None:
    """Write the files, and have their sources made."""
    folder = place / "chain"
    folder.mkdir()
    for name, content in (("sales", SALES), ("customers", CUSTOMERS), ("stores", STORES)):
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    (place / "kiosk.csv").write_text(KIOSK, encoding="utf-8")
    lists = ("--customers", folder / "customers.csv", "--stores", folder / "stores.csv")
    told = warehouse.run("warehouse", "new-source", "chain", folder / "sales.csv", *lists).stdout
    assert "store_id    StoreKey" in told and "area_m2     Square Meters  595.5" in told
    warehouse.run("warehouse", "new-source", "kiosk", place / "kiosk.csv")


def check_first_day(warehouse: Warehouse) -> None:
    """Stores come from a list, and from sales alone."""
    assert warehouse.query(SOLD) == [
        ("chain", "1", "1", "High Street", "Leeds", "Yorkshire and the Humber", False),
        ("chain", "2", "0", "Web", "Unknown", "Unknown", False),
        ("chain", "3", "9", "Unknown", "Unknown", "Unknown", True),
        ("chain", "4", "Unknown", "Unknown", "Unknown", "Unknown", False),
        ("chain", "5", "1", "High Street", "Leeds", "Yorkshire and the Humber", False),
        ("kiosk", "1-1", "Köln", "Unknown", "Unknown", "Unknown", True),
    ]
    assert warehouse.query(
        "select lines_read, lines_staged, lines_quarantined, lines_in_star "
        "from quarantine.load_account where stream = 'chain_stores'"
    ) == [(3, 3, 1, 2)]
    assert warehouse.query("select explanation from quarantine.qrn_stores") == [
        ("store_id missing",)
    ]
    # The region of a sale is its store's; without one, its customer's.
    regions = (
        "select sale_id, region from serving.hot_sales where source_system = 'chain' order by 1"
    )
    assert warehouse.clickhouse().query(regions).result_rows == [
        ("1", "Yorkshire and the Humber"),
        ("2", "London"),
        ("3", "London"),
        ("4", "London"),
        ("5", "Yorkshire and the Humber"),
    ]
    by_store = """
        select source_system, store_id, sum(net_revenue), uniqExactMerge(orders_state)
        from serving.summary_stores where source_system in ('chain', 'kiosk')
        group by 1, 2 order by 1, 2
    """
    assert warehouse.clickhouse().query(by_store).result_rows == [
        ("chain", "0", Decimal(10), 1),
        ("chain", "1", Decimal(10), 1),
        ("chain", "9", Decimal(15), 1),
        ("chain", "Unknown", Decimal(5), 1),
        ("kiosk", "Köln", Decimal(3), 1),
    ]
    assert "High Street" in warehouse.run("warehouse", "report", "sales_by_store").stdout
    per_region = (
        "select region, sum(revenue) from bi.sales_by_region where {} group by 1 order by 1"
    )
    assert warehouse.query(per_region.format("source_system = 'chain'"), "GREENPLUM") == [
        ("London", Decimal(30)),
        ("Yorkshire and the Humber", Decimal(10)),
    ]


def change(folder: Path) -> None:
    """The list knows more."""
    (folder / "chain" / "stores.csv").write_text(STORES_LATER, encoding="utf-8")


def check_second_day(warehouse: Warehouse) -> None:
    """What is told of a store is known of its sales, and writes no further version of them."""
    outlet = ("chain", "3", "9", "Outlet", "Unknown", "Texas", False)
    assert warehouse.query(SOLD)[2] == outlet
    assert warehouse.query("select * from quarantine.qrn_stores") == []
    third = (
        "select store_name, region from serving.hot_sales "
        "where source_system = 'chain' and sale_id = '3'"
    )
    assert warehouse.clickhouse().query(third).result_rows == [("Outlet", "Texas")]
    # What is told of a store writes no further version of its sales.
    assert warehouse.query(
        "select source_system, store_id, max(version), count(*) from archive.historical_sales "
        "where source_system in ('chain', 'kiosk') group by 1, 2 order by 1, 2",
        "GREENPLUM",
    ) == [
        ("chain", "0", 1, 1),
        ("chain", "1", 1, 2),
        ("chain", "9", 1, 1),
        ("chain", None, 1, 1),
        ("kiosk", "Köln", 1, 1),
    ]
    assert warehouse.query(
        "select store_id, version, area_m2 from archive.historical_stores "
        "where store_id in ('1', '9') order by 1, 2",
        "GREENPLUM",
    ) == [
        ("1", 1, Decimal("595.50")),
        ("1", 2, Decimal(800)),
        ("9", 1, None),
        ("9", 2, Decimal(100)),
    ]
    assert warehouse.query(
        "select sale_month::text, store_name, opened_on::text, revenue, revenue_per_m2 "
        "from bi.sales_by_store where source_system = 'chain' and area_m2 > 0 order by 1, 2",
        "GREENPLUM",
    ) == [
        ("2025-10-01", "High Street", "2008-12-25", Decimal(20), Decimal("0.03")),
        ("2025-10-01", "Outlet", "2020-05-31", Decimal(15), Decimal("0.15")),
        ("2025-11-01", "High Street", "2008-12-25", Decimal(-10), Decimal("-0.01")),
    ]
    assert warehouse.query(
        "select count(*) from history.stores_history where dbt_valid_to is not null", "GREENPLUM"
    ) == [(2,)]
