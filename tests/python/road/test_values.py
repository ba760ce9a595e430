"""Values as real exports write them, and orders in several files, from files to the star."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from road.conftest import UNTESTED
from support import Warehouse

PRODUCTS = """product_id,category,name,supplier,price
P1,Toys & Games,Duck,ACME,1
P2,Toys  & Games,Ball,ACME,"0,125"
P3,toys\u00a0&\u00a0games,Kite,ACME,$12.50
P4,men's shoes,Boot,ACME,12.50 EUR
P5,3D PRINTERS,Printer,ACME,1 2
P6,tv & hifi,Radio,N/A,(5)
P7,n/a,-,None,+5
NULL,Toys,Ghost,ACME,1
"""

# What is written, and what becomes of it: quantity and price, or the reasons of its refusal.
SALES: tuple[tuple[str, str, tuple[int, str] | str], ...] = (
    ("1", '"0,125"', (1, "0.125")),
    ("1", '"0,001"', (1, "0.001")),
    ('"0,500"', "1.00", "quantity unreadable"),
    ('"0,001"', "1.00", "quantity unreadable"),
    ("1", "12 50", "unit_price unreadable"),
    ("1", "1 2", "unit_price unreadable"),
    ("1 2", "1.00", "quantity unreadable"),
    ("1", '"1 234,50"', (1, "1234.50")),
    ("1", "$12.50", "unit_price in another currency"),
    ("1", "£12.50", "unit_price in another currency"),
    ("1", "$€5", "unit_price unreadable"),
    ("€3", "1.00", "quantity unreadable"),
    ("3", "12.50 EUR", (3, "12.50")),
    ('"1,000"', "10.00", (1000, "10.00")),
    ("(3)", "1.00", (-3, "1.00")),
    ("3-", "1'234.50", (-3, "1234.50")),
    ("1e3", ".99", (1000, "0.99")),
    ("3 pcs", "1.00", "quantity unreadable"),
    ("1", "12.500000", (1, "12.50")),
    ("1", "12.123456", "unit_price with more than four decimal places"),
    ("1", "(12.50)", "unit_price negative"),
    ("1", "12.50-", "unit_price negative"),
    ("-1", "-1.00", "unit_price negative"),
)

SAME_PRODUCT = ("P1\u200b", "\u200eP1", "P1\u00ad", "\ufeffP1", "\u2003P1", "\u202fP1")

# Customers that are none.
NOBODY = ("NULL", "None", "NA", "n/a", "#N/A", "-", "?", "nan", "\u200bnull", "")

# Of another source's mapping: (12.50) tells a return, and a day is a spreadsheet's number.
AS_SAID = ', negative_price="return", date_numbers="excel") }}'

NO_DAYS = ("5 Junk 2026", "1/2.2026", "1/2/20261", "31.04.2026", "00/00/2026")

INVOICES = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
A = "O1,A,CUP,1,2024-01-31,2.00,7.0,France\n"
B = "O1,B,PAN,1,2024-01-31,3.00,7.0,France\n"
C = "O1,C,POT,1,2024-02-01,4.00,7,France\n"
OTHER_ORDER = "O2,A,CUP,1,2024-02-01,2.00,8.0,France\n"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("values")
    lines = [f"S{n},2026-03-05,P1,{sale[0]},{sale[1]},C1" for n, sale in enumerate(SALES)]
    lines += [f"I{n},2026-03-05,{product},1,1,C1" for n, product in enumerate(SAME_PRODUCT)]
    lines += [f"D{n},{day},P1,1,1,C1" for n, day in enumerate(NO_DAYS)]
    lines += [f"N{n},2026-03-05,P1,1,1,{customer}" for n, customer in enumerate(NOBODY)]
    lines += ["NULL,2026-03-05,P1,1,1,C1", "NO1,2026-03-05,N/A,1,1,C1", "X1,45358.5,P1,1,1,C1"]
    header = "sale_id,sold_at,product_id,quantity,unit_price,customer_id"
    write(folder / "shop/sales_data/z.csv", "\n".join([header, *lines, ""]))
    write(folder / "shop/product_data/z.csv", PRODUCTS)
    write(folder / "invoices/a.csv", INVOICES + A + B)
    return folder


@pytest.fixture(scope="module")
def warehouse(files: Path) -> Iterator[Warehouse]:
    made = Warehouse(
        files / "home",
        {
            "WAREHOUSE_SOURCES": "shop,online_retail",
            "SHOP_FILES": str(files / "shop"),
            "ONLINE_RETAIL_FILES": str(files / "invoices"),
        },
    )
    try:
        made.up()
        load(made)
        made.dbt("build", *UNTESTED, target="postgres")
        yield made
    finally:
        made.run("warehouse", "down", check=False)


def test_numbers_are_read_in_one_way_or_refused(warehouse: Warehouse) -> None:
    found = warehouse.query(
        "select sale_id, quantity, unit_price from marts.fct_sales "
        "where source_system = 'shop' and sale_id like 'S%'"
    )
    rejected = warehouse.query(
        "select raw_row ->> 'sale_id', rejection_reasons from quarantine.qrn_sale_lines "
        "where raw_row ->> 'sale_id' like 'S%'"
    )
    outcomes: dict[str, Any] = {
        sale_id: (quantity, unit_price) for sale_id, quantity, unit_price in found
    } | dict(rejected)
    assert outcomes == {
        f"S{number}": expected if isinstance(expected, str) else (expected[0], Decimal(expected[1]))
        for number, (_, _, expected) in enumerate(SALES)
    }


def test_list_prices_and_categories(warehouse: Warehouse) -> None:
    found = warehouse.query(
        "select product_id, category, list_price from marts.dim_product "
        "where source_system = 'shop' and product_id like 'P%' order by 1"
    )
    assert found == [
        ("P1", "Toys & Games", Decimal(1)),
        ("P2", "Toys & Games", Decimal("0.125")),
        ("P3", "Toys & Games", None),
        ("P4", "Men's Shoes", Decimal("12.5")),
        ("P5", "3D Printers", None),
        ("P6", "TV & HiFi", None),
        ("P7", "Unknown", Decimal(5)),
    ]


def test_ids_that_look_alike_are_one(warehouse: Warehouse) -> None:
    found = warehouse.query(
        "select product_id, category, count(*) from marts.fct_sales "
        "join marts.dim_product using (product_key) where sale_id like 'I%' group by 1, 2"
    )
    assert found == [("P1", "Toys & Games", len(SAME_PRODUCT))]


def test_what_only_looks_like_a_day_is_none(warehouse: Warehouse) -> None:
    found = warehouse.query(
        "select raw_row ->> 'sold_at' from quarantine.qrn_sale_lines "
        "where rejection_reasons = 'sold_at unreadable'"
    )
    assert {day for (day,) in found} == {*NO_DAYS, "45358.5"}


def test_what_stands_for_nothing_is_nobody(warehouse: Warehouse) -> None:
    found = warehouse.query(
        "select customer_id, count(*) from marts.fct_sales "
        "join marts.dim_customer using (customer_key) where sale_id ~ '^N[0-9]' group by 1"
    )
    assert found == [("Unknown", len(NOBODY))]
    refused = warehouse.query(
        "select explanation from quarantine.qrn_sale_lines where rejection_reasons like '%_id%' "
        "union all select explanation from quarantine.qrn_products order by 1"
    )
    assert refused == [
        ("product_id missing: N/A",),
        ("product_id missing: NULL",),
        ("sale_id missing: NULL",),
    ]


def test_the_account_tells_why_and_of_which_values(warehouse: Warehouse) -> None:
    account = warehouse.run("warehouse", "account").stdout.splitlines()
    told = {" ".join(line.split()) for line in account}
    assert "shop unit_price negative 3 (12.50) (1) · -1.00 (1) · 12.50- (1)" in told
    assert "shop quantity unreadable 5 0,001 (1) · 0,500 (1) · 1 2 (1)" in told
    explained = warehouse.query(
        "select explanation from quarantine.qrn_sale_lines where explanation like '%3 pcs%'"
    )
    assert explained == [("quantity unreadable: 3 pcs (not a whole number such as 3)",)]


def test_an_order_in_two_files_loses_and_doubles_nothing(warehouse: Warehouse, files: Path) -> None:
    assert ids(warehouse) == {"O1-1": "A", "O1-2": "B"}
    # The second file overlaps with the first, and goes on.
    write(files / "invoices/b.csv", INVOICES + B + C + OTHER_ORDER)
    load(warehouse)
    built = warehouse.dbt(
        *("build", "--exclude-resource-types", "unit_test", "--select", "+fct_sales"),
        target="postgres",
    )
    assert "WARN 1 lies_in_one_file" in built.stdout
    expected = {"O1-1": "A", "O1-2": "B", "O1-3": "C", "O2-1": "A"}
    assert ids(warehouse) == expected
    assert revenue(warehouse) == (4, 2, Decimal(11))
    # The first file comes again, with a line in front that was scanned twice.
    write(files / "invoices/a.csv", INVOICES + A + A + B)
    load(warehouse)
    warehouse.dbt("build", "--select", "+fct_sales", *UNTESTED, target="postgres")
    assert ids(warehouse) == expected | {"O1-4": "A"}
    assert revenue(warehouse) == (5, 2, Decimal(13))
    warehouse.dbt("build", "--full-refresh", "--select", "+fct_sales", *UNTESTED, target="postgres")
    assert revenue(warehouse) == (5, 2, Decimal(13))


def test_a_mapping_says_what_has_two_readings(warehouse: Warehouse, project: Path) -> None:
    mapping = project / "models/staging/shop/stg_shop__sale_lines.sql"
    said = mapping.read_text(encoding="utf-8").replace(") }}", AS_SAID)
    mapping.write_text(said, encoding="utf-8")
    here = warehouse.with_settings(PYTHONPATH=str(project))
    here.dbt("run", "--select", "stg_shop__sale_lines", target="postgres", cwd=project)
    found = warehouse.query(
        "select judged_values ->> 'unit_price', line_type, sold_at::text, quantity, unit_price, "
        "rejection_reasons from staging.stg_shop__sale_lines "
        "where abs(unit_price) = 12.5 and line_type = 'return' or sale_id = 'X1' "
        "or rejection_reasons = 'unit_price negative' order by _source_line"
    )
    day = "2026-03-05 00:00:00"
    assert found == [
        (None, "return", day, -1, Decimal("12.5"), None),
        (None, "return", day, -1, Decimal("12.5"), None),
        ("-1.00", "return", day, -1, Decimal(-1), "unit_price negative"),
        (None, "sale", "2024-03-07 12:00:00", 1, Decimal(1), None),
    ]


def ids(warehouse: Warehouse) -> dict[str, str]:
    return dict(
        warehouse.query(
            "select sale_id, product_id from marts.fct_sales join marts.dim_product "
            "using (product_key) where fct_sales.source_system = 'online_retail'"
        )
    )


def revenue(warehouse: Warehouse) -> tuple[Any, ...]:
    (found,) = warehouse.query(
        "select count(*), count(distinct order_id), sum(amount) from marts.fct_sales "
        "where source_system = 'online_retail'"
    )
    return found


def load(warehouse: Warehouse) -> None:
    warehouse.run("warehouse", "ingest")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
