"""Sources of other shapes: prices in the product list, returns by themselves, no list of people."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from road.conftest import UNTESTED
from support import Warehouse

# Prices are those of the product list, a line has its order's number and its own.
ELECTRONICS = {
    "Sales.csv": """Order Number,Line Item,Order Date,CustomerKey,ProductKey,Quantity
1001,1,1/2/2024,11,7,2
1001,2,1/2/2024,11,8,1
1002,1,1/14/2024,12,7,1
1003,1,2/3/2024,,9,3
1004,1,2/5/2024,12,99,1
1000,1,12/31/2018,11,9,1
""",
    "Products.csv": """ProductKey,Product Name,Brand,Unit Cost USD,Unit Price USD,Category
7,Player 512,Acme,$6.62 ,$12.99 ,Audio
8,Radio,Acme,$10.00 ,"$1,020.50 ",Audio
9,Lamp,Lux,$2.00 ,$5.00 ,Home
""",
    "Customers.csv": """CustomerKey,Gender,City,Country,Birthday
11,Female,LEEDS,United Kingdom,1/2/1994
12,Male,Austin,United States,1/15/1959
""",
}

# What comes back names no order, and nobody is a customer: there is no list of them.
BIKES = {
    "Sales_2023.csv": """OrderDate,OrderNumber,ProductKey,CustomerKey,OrderLineItem,OrderQuantity
1/1/2023,SO1,332,14657,1,1
1/13/2023,SO2,332,NA,1,2
1/13/2023,SO2,333,NA,2,1
""",
    "Returns.csv": """ReturnDate,ProductKey,ReturnQuantity
1/18/2023,332,1
""",
    "Products.csv": """ProductKey,ProductSKU,ProductName,ProductPrice
332,FR-1,Frame,699.0982
333,FR-2,"Frame, Red",699.0982
""",
}

# Returns with the order, and a price of their own; the lines of an order have no number.
KIOSK = {
    "sales_1.csv": """receipt,date,sku,item_name,qty,price
A1,2024-03-01,S1,Tea,2,3.50
A1,2024-03-01,S2,Jam,1,4.00
""",
    "returns.csv": """refund_id,receipt,returned_at,sku,qty,price
1,A1,2024-03-05,S1,1,3.50
2,,2024-03-06,S2,-1,-3.90
""",
}


@pytest.fixture
def warehouse(new_warehouse: Callable[..., Warehouse], project: Path, tmp_path: Path) -> Warehouse:
    """Three small sources, made by new-source and loaded."""
    here = new_warehouse(PYTHONPATH=str(project), WAREHOUSE_SOURCES="electronics,bikes,kiosk")
    for source, files in (("electronics", ELECTRONICS), ("bikes", BIKES), ("kiosk", KIOSK)):
        (tmp_path / source).mkdir()
        for name, content in files.items():
            (tmp_path / source / name).write_text(content)
    for source, patterns in (
        ("electronics", ("Sales.csv", "--products=Products.csv", "--customers=Customers.csv")),
        ("bikes", ("Sales_*.csv", "--products=Products.csv", "--returns=Returns.csv")),
        ("kiosk", ("sales_*.csv", "--returns=returns.csv")),
    ):
        folder = f"{tmp_path / source}/"
        given = [part.replace("=", f"={folder}") for part in patterns[1:]]
        place = folder + patterns[0]
        here.run("warehouse", "new-source", source, place, *given, "--currency", "USD")
    here.up()
    here.run("warehouse", "ingest")
    return here


def star(warehouse: Warehouse, source: str) -> list[tuple[object, ...]]:
    return warehouse.query(
        "select sale_id, order_id, line_type, quantity, unit_price, "
        "customer_key = '00000000-0000-0000-0000-000000000000' from marts.fct_sales "
        f"where source_system = '{source}' order by sold_at, sale_id"
    )


def refused(warehouse: Warehouse) -> list[tuple[object, ...]]:
    return warehouse.query(
        "select source_system, explanation from quarantine.qrn_sale_lines order by 1, 2"
    )


def test_shops_of_other_shapes(warehouse: Warehouse, tmp_path: Path) -> None:
    # As if the list had come long ago.
    warehouse.query("update raw.electronics_products set _loaded_at = '2024-01-01 12:00+00'")
    warehouse.dbt("build", *UNTESTED, target="postgres")
    frame, radio = Decimal("699.0982"), Decimal("1020.50")
    player, lamp = Decimal("12.99"), Decimal(5)
    sold: list[tuple[object, ...]] = [
        ("1000-1", "1000", "sale", 1, lamp, False),
        ("1001-1", "1001", "sale", 2, player, False),
        ("1001-2", "1001", "sale", 1, radio, False),
        ("1002-1", "1002", "sale", 1, player, False),
        ("1003-1", "1003", "sale", 3, lamp, True),
    ]
    assert star(warehouse, "electronics") == sold
    assert refused(warehouse) == [("electronics", "unit_price not in the product list: 99")]
    returned = "return-bikes/Returns.csv:2"
    assert star(warehouse, "bikes") == [
        ("SO1-1", "SO1", "sale", 1, frame, False),
        ("SO2-1", "SO2", "sale", 2, frame, True),
        ("SO2-2", "SO2", "sale", 1, frame, True),
        (returned, returned, "return", -1, frame, True),
    ]
    assert star(warehouse, "kiosk") == [
        ("A1-1", "A1", "sale", 2, Decimal("3.50"), True),
        ("A1-2", "A1", "sale", 1, 4, True),
        ("return-1", "A1", "return", -1, Decimal("3.50"), True),
        ("return-2", "return-2", "return", -1, Decimal("3.90"), True),
    ]

    # The next list takes the place of the first one, and has a price that was missing. What was
    # sold before it keeps its price. An order goes on in a further file, beside its return.
    shop = tmp_path / "electronics"
    later = ELECTRONICS["Products.csv"].replace("$12.99", "$15.99") + "99,Late,Lux,$1,$3.00,Home\n"
    (shop / "Products.csv").write_text(later)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    lines = f"1005,1,{tomorrow:%m/%d/%Y},12,7,1\n1006,1,6/1/2024,12,7,1\n"
    (shop / "Sales.csv").write_text(ELECTRONICS["Sales.csv"] + lines)
    more = "receipt,date,sku,item_name,qty,price\nA1,2024-03-01,S3,Bun,1,1.00\n"
    (tmp_path / "kiosk" / "sales_2.csv").write_text(more)
    warehouse.run("warehouse", "ingest")
    warehouse.run("warehouse", "build")
    sold += [
        ("1004-1", "1004", "sale", 1, 3, False),
        ("1006-1", "1006", "sale", 1, player, False),
        ("1005-1", "1005", "sale", 1, Decimal("15.99"), False),
    ]
    assert star(warehouse, "electronics") == sold
    assert refused(warehouse) == []
    assert star(warehouse, "kiosk")[2] == ("A1-3", "A1", "sale", 1, 1, True)
    warehouse.dbt("run", "--full-refresh", "--select", "staging", "fct_sales", target="postgres")
    assert star(warehouse, "electronics") == sold

    warehouse.run("warehouse", "archive")
    totals = (
        "select source_system, count(*), sum(quantity), sum(amount) from {} "
        "where sold_at < '2025-01-01' group by 1"
    )
    expected = [
        ("bikes", 4, 3, 3 * frame),
        ("electronics", 7, 10, 4 * player + radio + 4 * lamp + 3),
        ("kiosk", 5, 2, Decimal("4.60")),
    ]
    assert sorted(warehouse.query(totals.format("archive.current_sales"), "GREENPLUM")) == expected
    served = warehouse.clickhouse().query(totals.format("serving.hot_sales"))
    assert sorted(served.result_rows) == expected

    # Somebody grows older from one sale to the next, and has a birthday on the day of one.
    ages = (
        "select sale_id, age_group from {} "
        "where source_system = 'electronics' and sold_at < '2025-01-01' order by sold_at, sale_id"
    )
    grown = [
        ("1000-1", "18-24"),
        ("1001-1", "25-34"),
        ("1001-2", "25-34"),
        ("1002-1", "55-64"),
        ("1003-1", "Unknown"),
        ("1004-1", "65 and over"),
        ("1006-1", "65 and over"),
    ]
    assert warehouse.query(ages.format("archive.sales_as_sold"), "GREENPLUM") == grown
    aged = warehouse.clickhouse().query(ages.format("serving.hot_sales"))
    assert aged.result_rows == grown
    born = "select birthday from {} where customer_id = '11' and source_system = 'electronics'"
    for place in ("archive.current_customers", "history.customers_history"):
        assert warehouse.query(born.format(place), "GREENPLUM") == [(date(1994, 1, 2),)]
