"""Five loads in a row, with each kind of dirt: the star has exactly the written rows each time."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from road.conftest import UNTESTED
from road.contents import contents
from support import Warehouse

SALES_HEADER = "sale_id,sold_at,product_id,quantity,unit_price,customer_id"
FIRST_DAY = "sales_data/2026-03-01.csv"

LOADS: tuple[dict[str, str], ...] = (
    {
        FIRST_DAY: f"""{SALES_HEADER}
S1,2026-03-01 10:00:00,P1,2,3.50,C1
 s1 ,01/03/2026 10:00,p1,3,"3,50",c1
S2,2026-03-01,P9,1,€10.00,C9
S3,2026-03-01,P1,twelve,-1,C1
S4,1 Mar 2026,P2,-1,5,
""",
        "product_data/2026-03-01.csv": """product_id,category,name,supplier,price
P1,toys,Ball,Acme,3.50
 p2,HOME ,Lamp,,"1.005,00"
,toys,Nothing,Acme,1
""",
        "customer_data/2026-03-01.csv": """customer_id,age,gender,city,registration_date
C1,34,f,NORTHAVEN,2025-01-31
""",
    },
    {
        "sales_data/2026-03-02.csv": f"""{SALES_HEADER}
S5,2026-03-02T09:30:00Z,P1,1,4,C2
S6,28.02.2026 23:59,P3,10,0.10,C1
""",
        "product_data/2026-03-02.csv": """product_id,category,name,supplier,price
P1,Toys,Big Ball,Acme,4
""",
        "customer_data/2026-03-02.csv": """customer_id,age,gender,city,registration_date
C2,250,x,Atlantis,tomorrow
""",
    },
    {
        # S3 is mended, the correction of S1 and all of S2 are taken back.
        FIRST_DAY: f"""{SALES_HEADER}
S1,2026-03-01 10:00:00,P1,2,3.50,C1
S3,2026-03-01,P1,12,1,C1
S4,1 Mar 2026,P2,-1,5,
""",
        # S4 is corrected to another day; what corrects S5 is no sale.
        "sales_data/2026-03-03.csv": f"""{SALES_HEADER}
S4,2026-03-02,P2,-2,5,C1
S5,2026-03-02,P1,0,4,C2
""",
        "product_data/2026-03-03.csv": """product_id,category,name,supplier,price
P3,Home,Candle,Wax & Co,0.10
""",
    },
    {
        # S6 was of another product and customer, whom no row tells; P3 was no product.
        "sales_data/2026-03-04.csv": f"""{SALES_HEADER}
S6,28.02.2026 23:59,P7,10,0.10,C7
""",
        "product_data/2026-03-03.csv": """product_id,category,name,supplier,price
P8,Home,Vase,Clay & Co,8
""",
    },
    {
        # All that is taken back: S6 is of P3 again, of which no row tells any more.
        "sales_data/2026-03-04.csv": f"""{SALES_HEADER}
S7,2026-03-04,P1,1,4,C2
""",
        "product_data/2026-03-03.csv": """product_id,category,name,supplier,price
P4,Home,Bowl,Clay & Co,4
""",
    },
)

SALES = """
    select sale_id, sold_at::text, line_type, product_name, customer_id, quantity, amount::text
    from marts.fct_sales join marts.dim_product using (product_key)
    join marts.dim_customer using (customer_key) order by sale_id
"""
S1 = ("S1", "2026-03-01 10:00:00", "sale")
S4 = ("S4", "2026-03-01 00:00:00", "return", "Lamp", "Unknown", -1, "-5.0000")
S5 = ("S5", "2026-03-02 09:30:00", "sale", "Big Ball", "C2", 1, "4.0000")
S6 = ("S6", "2026-02-28 23:59:00", "sale")
EXPECTED_SALES = (
    [
        (*S1, "Ball", "C1", 3, "10.5000"),
        ("S2", "2026-03-01 00:00:00", "sale", "Unknown", "C9", 1, "10.0000"),
        S4,
    ],
    [
        (*S1, "Big Ball", "C1", 3, "10.5000"),
        ("S2", "2026-03-01 00:00:00", "sale", "Unknown", "C9", 1, "10.0000"),
        S4,
        S5,
        (*S6, "Unknown", "C1", 10, "1.0000"),
    ],
    [
        (*S1, "Big Ball", "C1", 2, "7.0000"),
        ("S3", "2026-03-01 00:00:00", "sale", "Big Ball", "C1", 12, "12.0000"),
        ("S4", "2026-03-02 00:00:00", "return", "Lamp", "C1", -2, "-10.0000"),
        S5,
        (*S6, "Candle", "C1", 10, "1.0000"),
    ],
    [
        (*S1, "Big Ball", "C1", 2, "7.0000"),
        ("S3", "2026-03-01 00:00:00", "sale", "Big Ball", "C1", 12, "12.0000"),
        ("S4", "2026-03-02 00:00:00", "return", "Lamp", "C1", -2, "-10.0000"),
        S5,
        (*S6, "Unknown", "C7", 10, "1.0000"),
    ],
    [
        (*S1, "Big Ball", "C1", 2, "7.0000"),
        ("S3", "2026-03-01 00:00:00", "sale", "Big Ball", "C1", 12, "12.0000"),
        ("S4", "2026-03-02 00:00:00", "return", "Lamp", "C1", -2, "-10.0000"),
        S5,
        (*S6, "Unknown", "C1", 10, "1.0000"),
        ("S7", "2026-03-04 00:00:00", "sale", "Big Ball", "C2", 1, "4.0000"),
    ],
)

PRODUCTS = """
    select product_id, product_name, category, supplier, list_price::text, is_inferred
    from marts.dim_product where source_system = 'shop' order by product_id
"""
P1 = ("P1", "Big Ball", "Toys", "Acme", "4.0000", False)
P2 = ("P2", "Lamp", "Home", "Unknown", "1005.0000", False)
P3 = ("P3", "Unknown", "Unknown", "Unknown", None, True)
P9 = ("P9", "Unknown", "Unknown", "Unknown", None, True)
EXPECTED_PRODUCTS = (
    [("P1", "Ball", "Toys", "Acme", "3.5000", False), P2, P9],
    [
        P1,
        P2,
        P3,
        P9,
    ],
    [
        P1,
        P2,
        ("P3", "Candle", "Home", "Wax & Co", "0.1000", False),
    ],
    [
        P1,
        P2,
        ("P7", "Unknown", "Unknown", "Unknown", None, True),
        ("P8", "Vase", "Home", "Clay & Co", "8.0000", False),
    ],
    [P1, P2, P3, ("P4", "Bowl", "Home", "Clay & Co", "4.0000", False)],
)

CUSTOMERS = """
    select customer_id, age, age_group, gender, city, region, country, registration_date::text
    from marts.dim_customer where source_system = 'shop' order by customer_id
"""
C1 = ("C1", 34, "25-34", "Female", "Northaven", "Northern Coast", "Aurelia", "2025-01-31")
C2 = ("C2", None, "Unknown", "Other", "Atlantis", "Unknown", "Unknown", None)
C9 = ("C9", None, "Unknown", "Unknown", "Unknown", "Unknown", "Unknown", None)
C7 = ("C7", *C9[1:])
EXPECTED_CUSTOMERS = ([C1, C9], [C1, C2, C9], [C1, C2], [C1, C2, C7], [C1, C2])

QUARANTINE = """
    select source_file, _source_line, rejection_reasons from (
        select split_part(_source_file, '/', 2) as source_file, * from quarantine.qrn_sale_lines
        union all
        select split_part(_source_file, '/', 2), * from quarantine.qrn_products
    ) as refused order by 1, 2, 3
"""
NO_PRODUCT_ID = ("product_data", 4, "product_id missing")
EXPECTED_QUARANTINE = (
    [NO_PRODUCT_ID, ("sales_data", 5, "quantity unreadable; unit_price negative")],
    [NO_PRODUCT_ID, ("sales_data", 5, "quantity unreadable; unit_price negative")],
    *[[NO_PRODUCT_ID, ("sales_data", 3, "quantity zero")]] * 3,
)

ACCOUNT = """
    select sum(lines_read), sum(lines_rejected), sum(lines_quarantined), sum(lines_in_star),
        sum(lines_superseded)
    from quarantine.load_account
"""
EXPECTED_ACCOUNT = (
    [(9, 0, 2, 6, 1)],
    [(13, 0, 2, 9, 2)],
    [(14, 0, 2, 10, 2)],
    [(15, 0, 2, 10, 3)],
    [(15, 0, 2, 11, 2)],
)

MONTHS = "select sale_month::text, sale_lines, amount::text from marts.sales_months order by 1"
EXPECTED_MONTHS = (
    [("2026-03-01", 3, "15.5000")],
    [("2026-02-01", 1, "1.0000"), ("2026-03-01", 4, "19.5000")],
    [("2026-02-01", 1, "1.0000"), ("2026-03-01", 4, "13.0000")],
    [("2026-02-01", 1, "1.0000"), ("2026-03-01", 4, "13.0000")],
    [("2026-02-01", 1, "1.0000"), ("2026-03-01", 5, "17.0000")],
)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    folder = tmp_path_factory.mktemp("loads")
    warehouse = Warehouse(folder / "home", {"SHOP_FILES": str(folder / "files")})
    try:
        warehouse.up()
        yield warehouse
    finally:
        warehouse.run("warehouse", "down", check=False)


@pytest.mark.parametrize(
    "number", range(len(LOADS)), ids=["first", "next_day", "corrections", "others", "taken_back"]
)
def test_each_load_leaves_the_written_rows(warehouse: Warehouse, number: int) -> None:
    files = Path(warehouse.setting("SHOP_FILES"))
    for name, content in LOADS[number].items():
        (files / name).parent.mkdir(parents=True, exist_ok=True)
        (files / name).write_text(content, "utf-8")
    warehouse.run("warehouse", "ingest")
    build(warehouse, "--exclude-resource-types", "unit_test")
    assert star(warehouse) == {
        SALES: EXPECTED_SALES[number],
        PRODUCTS: EXPECTED_PRODUCTS[number],
        CUSTOMERS: EXPECTED_CUSTOMERS[number],
        QUARANTINE: EXPECTED_QUARANTINE[number],
        ACCOUNT: EXPECTED_ACCOUNT[number],
        MONTHS: EXPECTED_MONTHS[number],
    }


def test_a_build_with_nothing_new_changes_nothing(warehouse: Warehouse) -> None:
    def rows() -> list[tuple[Any, ...]]:
        return warehouse.query(
            "select ctid::text, xmin::text, 'sales' from marts.fct_sales union all "
            "select ctid::text, xmin::text, 'products' from marts.dim_product union all "
            "select ctid::text, xmin::text, 'lines' from staging.stg_shop__sale_lines union all "
            "select sale_month::text, changed_at::text, 'months' from marts.sales_months"
        )

    before = rows()
    build(warehouse, *UNTESTED)
    assert rows() == before


def test_a_changed_rule_takes_effect_on_all_rows(warehouse: Warehouse) -> None:
    before = contents(warehouse, "POSTGRES")
    build(warehouse, *UNTESTED, "--vars", "calendar_first_year: 2027")
    refused = warehouse.query(
        "select count(*) from quarantine.qrn_sale_lines "
        "where rejection_reasons = 'sold_at outside the calendar'"
    )
    assert warehouse.query("select count(*) from marts.fct_sales") == [(0,)]
    assert refused == [(7,)]
    build(warehouse, *UNTESTED)
    assert contents(warehouse, "POSTGRES") == before


def test_a_rebuild_from_nothing_is_equal(warehouse: Warehouse) -> None:
    before = contents(warehouse, "POSTGRES")
    build(warehouse, *UNTESTED, "--full-refresh")
    assert contents(warehouse, "POSTGRES") == before


def test_an_emptied_raw_schema_is_filled_and_built_again(warehouse: Warehouse) -> None:
    before = contents(warehouse, "POSTGRES")
    warehouse.query("drop schema raw cascade")
    warehouse.run("warehouse", "ingest")
    build(warehouse, *UNTESTED)
    assert contents(warehouse, "POSTGRES") == before


def build(warehouse: Warehouse, *arguments: str) -> None:
    warehouse.dbt("build", *arguments, target="postgres")


def star(warehouse: Warehouse) -> dict[str, list[tuple[Any, ...]]]:
    queries = (SALES, PRODUCTS, CUSTOMERS, QUARANTINE, ACCOUNT, MONTHS)
    return {query: warehouse.query(query) for query in queries}
