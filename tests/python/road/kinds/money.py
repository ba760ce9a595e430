"""Discount, tax and cost of a sale, and what they make of amount and margin, on all engines."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from support import Warehouse

SOURCES = ("till", "snacks", "bikes", "screws")

# Whether a cost is that of a line or of a piece tells P1, of which one and two are sold. The shop
# writes discounts with either sign; a return's lessens the refund.
TILL = """ID,Date,SKU,Category,Qty,Price,Discount,VAT Amount,Cost
1,2025-10-01,P1,Tea,2,10.00,1.50,3.70,12.00
2,2025-10-01,P1,Tea,1,10.00,,1.60,6.00
3,2025-10-02,P1,Tea,-1,10.00,0.75,-1.48,-6.00
4,2025-10-02,P2,Jam,1,5.00,-1.00,,N/A
5,2025-10-02,P2,Jam,1,5.00,5.01,,
6,2025-11-03,P2,Jam,4,5.00,20.00,,
"""
SNACKS = "Beleg-Nr;Datum;Artikel;Menge;Preis;Rabatt %\n1;31.10.2025;B1;2;1,55;12,5 %\n"
# The product list has price and cost, but of one product no cost, and of another, whose customer
# buys nothing else, no line yet.
BIKES = {
    "Sales_2023.csv": """OrderDate,OrderNumber,ProductKey,CustomerKey,OrderLineItem,OrderQuantity
1/1/2023,SO1,332,14657,1,1
1/13/2023,SO2,332,NA,1,2
1/13/2023,SO2,333,NA,2,1
1/14/2023,SO3,334,NA,1,1
1/14/2023,SO5,335,7,1,1
""",
    "Returns.csv": """ReturnDate,ProductKey,ReturnQuantity
1/18/2023,332,1
""",
    "Products.csv": """ProductKey,ProductSKU,ProductName,ProductCost,ProductPrice
332,FR-1,Frame,413.1463,699.0982
333,FR-2,"Frame, Red",413.1463,699.0982
334,BL-1,Bell,,5.00
""",
}

# Lines of an order without numbers of their own, and prices in the list alone.
SCREWS = {
    "sales.csv": "Beleg-Nr;Datum;Artikel;Menge\n1;31.10.2025;A1;3\n1;31.10.2025;A2;2\n",
    "products.csv": "Artikel;Bezeichnung;Preis\nA2;Dübel;0,20\n",
}

FRAME, COST = "699.0982", "413.1463"

SOLD = """
    select sale_id, quantity * unit_price, discount, amount, tax, cost from marts.fct_sales
    where source_system = '{}' order by sold_at, sale_id
"""
TOTALS = """
    select source_system, sum(gross_amount), sum(discount), sum(amount), sum(tax), sum(cost),
        sum(margin)
    from {} where source_system in ('till', 'snacks', 'bikes') and sale_date < '2026-01-01'
    group by 1 order by 1
"""


def money(*numbers: str | None) -> tuple[Decimal | None, ...]:
    return tuple(None if number is None else Decimal(number) for number in numbers)


def make(warehouse: Warehouse, folder: Path) -> None:
    """Write the files, and have their sources made."""
    files = {
        "till": {"sales.csv": TILL},
        "snacks": {"sales.csv": SNACKS},
        "bikes": BIKES,
        "screws": SCREWS,
    }
    for source, contents in files.items():
        (folder / source).mkdir()
        for name, content in contents.items():
            (folder / source / name).write_text(content, encoding="utf-8")
    shop = folder / "bikes"
    lists = ("--products", shop / "Products.csv", "--returns", shop / "Returns.csv")
    new_source = ("warehouse", "new-source")
    warehouse.run(*new_source, "till", folder / "till" / "sales.csv")
    warehouse.run(*new_source, "snacks", folder / "snacks" / "sales.csv")
    screws = folder / "screws"
    prices = ("--products", screws / "products.csv")
    warehouse.run(*new_source, "screws", screws / "sales.csv", *prices)
    # Of a currency that the other kinds have not.
    warehouse.run(*new_source, "bikes", shop / "Sales_*.csv", *lists, "--currency", "NZD")


def age_price_list(warehouse: Warehouse) -> None:
    """Let the list of prices have come long ago."""
    warehouse.query("update raw.bikes_products set _loaded_at = '2023-01-05 12:00+00'")


def priced(warehouse: Warehouse) -> object:
    """What is another where the lines of the bikes are all read anew."""
    return warehouse.query("select 'staging.stg_bikes__sale_lines'::regclass::oid")


def check_first_day(warehouse: Warehouse) -> None:
    """Gross less discount is net, and net less cost the margin."""
    assert warehouse.query(SOLD.format("till")) == [
        ("1", *money("20", "1.50", "18.50", "3.70", "12")),
        ("2", *money("10", None, "10", "1.60", "6")),
        ("3", *money("-10", "-0.75", "-9.25", "-1.48", "-6")),
        ("4", *money("5", "1", "4", None, None)),
        ("6", *money("20", "20", "0", None, None)),
    ]
    assert warehouse.query(
        "select explanation from quarantine.qrn_sale_lines where source_system = 'till'"
    ) == [("discount larger than quantity times unit_price: 5.01",)]
    # An eighth of 3.10, to four places.
    assert warehouse.query(SOLD.format("snacks")) == [
        ("1-1", *money("3.10", "0.3875", "2.7125", None, None))
    ]
    assert warehouse.query(SOLD.format("bikes")) == _bikes()
    assert warehouse.query(
        "select explanation from quarantine.qrn_sale_lines where source_system = 'bikes'"
    ) == [("unit_price not in the product list: 335",)]
    assert warehouse.query(SOLD.format("screws")) == [
        ("1-2", *money("0.40", None, "0.40", None, None))
    ]

    totals = [
        ("bikes", *money("2102.2946", None, "2102.2946", None, "1239.4389", "857.8557")),
        ("snacks", *money("3.10", "0.3875", "2.7125", None, None, None)),
        ("till", *money("45", "21.75", "23.25", "3.82", "12", "7.25")),
    ]
    hot = warehouse.clickhouse().query(TOTALS.format("serving.hot_sales"))
    assert hot.result_rows == totals
    assert warehouse.query(TOTALS.format("archive.sales_as_sold"), "GREENPLUM") == totals
    summed = (
        "select source_system, sum(gross_amount), sum(discount), sum({}), sum(tax), sum(cost), "
        "sum(margin) from {} where source_system in ('till', 'snacks', 'bikes') "
        "group by 1 order by 1"
    )
    for name in ("summary_sales", "summary_stores", "summary_products", "summary_customers"):
        found = warehouse.clickhouse().query(summed.format("net_revenue", f"serving.{name}"))
        assert found.result_rows == totals, name
    for name in ("bi.sales_by_month", "bi.sales_by_store"):
        assert warehouse.query(summed.format("revenue", name), "GREENPLUM") == totals, name
    # Of the cost of Jam nothing is known: the margin of all is no part of its revenue.
    report = warehouse.run("warehouse", "report", "margins").stdout
    rows = {line.split()[1]: line.split()[2:] for line in report.splitlines() if "EUR" in line}
    assert rows["Tea"] == ["20.00", "0.75", "3.80", "19.25", "12.00", "7.25", "37.70", "100.00"]
    assert rows["Jam"][:4] == ["25.00", "21.00", "84.00", "4.00"]
    assert rows["Jam"][-1] == "0.00"


def change(folder: Path) -> None:
    """The next lists have another cost, leave a price blank, and have what had none."""
    shop = folder / "bikes"
    later = BIKES["Products.csv"].replace("413.1463,699.0982", "500,", 1)
    later = later.replace("Bell,,", "Bell,2.00,") + "335,PU-1,Pump,3.00,8.00\n"
    (shop / "Products.csv").write_text(later, encoding="utf-8")
    screws = folder / "screws" / "products.csv"
    screws.write_text(SCREWS["products.csv"] + "A1;Schraube;0,10\n", encoding="utf-8")
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    line = f"{tomorrow:%m/%d/%Y},SO4,332,NA,1,1\n"
    (shop / "Sales_2024.csv").write_text(BIKES["Sales_2023.csv"].splitlines()[0] + "\n" + line)


def check_second_day(warehouse: Warehouse) -> None:
    """What was sold before the next list keeps its cost, and its price."""
    bikes = _bikes()
    bikes[3] = ("SO3-1", *money("5", None, "5", None, "2"))
    bikes.insert(4, ("SO5-1", *money("8", None, "8", None, "3")))
    bikes.append(("SO4-1", *money(FRAME, None, FRAME, None, "500")))
    assert warehouse.query(SOLD.format("bikes")) == bikes
    assert warehouse.query(SOLD.format("screws")) == [
        ("1-1", *money("0.30", None, "0.30", None, None)),
        ("1-2", *money("0.40", None, "0.40", None, None)),
    ]
    assert warehouse.query(
        "select sale_id, max(version) from archive.historical_sales "
        "where source_system = 'bikes' group by 1 having max(version) > 1",
        "GREENPLUM",
    ) == [("SO3-1", 2)]


def _bikes() -> list[tuple[object, ...]]:
    """Each line of the bikes: gross, discount, net, tax and cost."""
    return [
        ("SO1-1", *money(FRAME, None, FRAME, None, COST)),
        ("SO2-1", *money("1398.1964", None, "1398.1964", None, "826.2926")),
        ("SO2-2", *money(FRAME, None, FRAME, None, COST)),
        ("SO3-1", *money("5", None, "5", None, None)),
        ("return-bikes/Returns.csv:2", *money(f"-{FRAME}", None, f"-{FRAME}", None, f"-{COST}")),
    ]
