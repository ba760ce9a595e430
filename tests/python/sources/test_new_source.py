"""From a folder of files to the star: `warehouse new-source`, a load and a build."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from ingest.api_server import Answer, ApiServer, api_server
from sources.bakery import write_bakery
from support import Warehouse

# One file with everything in it.
MARKET = """Transaction ID,Date,Customer ID,Gender,Age,City,SKU,Category,Quantity,Price per Unit
1,2026-01-05,C1,Male,34,bonn,M1,Beauty,3,50.50
2,2026-01-06,C1,Male,35,KÖLN,M1,Beauty,1,50.50
3,2026-01-06,,,,,M2,Toys,1,5.50
"""


@pytest.fixture
def copy(project: Path, engines: Warehouse, tmp_path: Path) -> Warehouse:
    """The copied project with a database of its own."""
    if not engines.query("select from pg_database where datname = 'new_source'"):
        engines.query("create database new_source")
    return engines.with_settings(
        NO_PROXY="*",
        PYTHONPATH=str(project),
        POSTGRES_DATABASE="new_source",
        MELTANO_SYS_DIR_ROOT=str(tmp_path / "meltano"),
        DBT_TARGET_PATH=str(tmp_path / "dbt"),
    )


def web_shop_pages() -> dict[str, list[Answer]]:
    """Two pages of sales with an id of their own, from a server that is busy at times."""
    sales = [
        {"id": f"W{n}", "soldAt": "2026-01-05T10:00:00+01:00", "sku": "P1", "qty": 2, "price": 1.10}
        for n in range(50)
    ]
    rows = [{**sale, "address": {"zip": 1}, "user": "U1"} for sale in sales]
    first = {"data": rows[:30], "next": "/sales?after=30"}
    last = {"data": rows[30:], "next": None}
    return {
        "/sales": [Answer(json.dumps(first))],
        "/sales?after=30": [Answer(status=500), Answer(json.dumps(last))],
    }


@pytest.fixture
def site() -> Iterator[ApiServer]:
    """The web shop's server."""
    with api_server() as site:
        yield site


def test_from_files_to_the_star(
    copy: Warehouse, site: ApiServer, project: Path, tmp_path: Path
) -> None:
    bakery = write_bakery(tmp_path / "bakery")
    copy.run("warehouse", "new-source", "bakery", tmp_path / "bakery" / "umsatz_*.csv")
    (tmp_path / "products.csv").write_text("sku,title,brand,price\nP1,Nails,Acme,1.20\n")
    (tmp_path / "customers.jsonl").write_text('{"user": "U1", "city": "bonn", "sex": "w"}\n')
    lists = ("--products", tmp_path / "products.csv", "--customers", tmp_path / "customers.jsonl")
    site.answers = web_shop_pages()
    copy.run("warehouse", "new-source", "web", f"{site.url}/sales", *lists, "--currency", "USD")
    (tmp_path / "kiosk.csv").write_text("id,date,sku,qty,net\n1,2026-01-05,P1,2,3.50\n")
    told = copy.run("warehouse", "new-source", "kiosk", tmp_path / "kiosk.csv").stdout
    model = "models/staging/kiosk/stg_kiosk__sale_lines.sql"
    assert f"{model}:3: CHOOSE: the column with the price of one piece" in told

    (tmp_path / "market").mkdir()
    market = tmp_path / "market" / "all.csv"
    market.write_text(MARKET)
    copy.run("warehouse", "new-source", "market", market)
    assert "personal: [Age, Gender, City]" in (project / "meltano.yml").read_text()

    active = copy.with_settings(WAREHOUSE_SOURCES="bakery,web,kiosk,market")
    active.run("meltano", "run", "load")
    stopped = active.run("dbt", "build", check=False)
    assert stopped.returncode == 1
    assert "the column of unit_price is still to be chosen" in stopped.stdout
    chosen = (project / model).read_text().replace('to_choose("unit_price")', '"net"')
    (project / model).write_text(chosen)
    active.run("dbt", "build")

    assert active.query(
        "select source_system, currency, count(*), sum(quantity), sum(amount), "
        "count(distinct customer_key) from marts.fct_sales group by 1, 2 order by 1"
    ) == [
        ("bakery", "EUR", bakery.lines, bakery.quantity, bakery.revenue, 3),
        ("kiosk", "EUR", 1, 2, 7, 1),
        ("market", "EUR", 3, 5, Decimal("207.5"), 2),
        ("web", "USD", 50, 100, 110, 1),
    ]
    assert active.query(
        "select product_name, category, supplier from marts.dim_product "
        "where product_id in ('4002', 'P1') and source_system <> 'kiosk' order by 1"
    ) == [("Brezel; süß", "Kleingebäck", "Unknown"), ("Nails", "Unknown", "Acme")]
    assert active.query(
        "select city, gender from marts.dim_customer "
        "where source_system = 'web' and customer_id = 'U1'"
    ) == [("Bonn", "Female")]
    # The last line of a customer tells.
    assert active.query(
        "select customer_id, age, gender, city from marts.dim_customer "
        "where source_system = 'market'"
    ) == [("C1", 35, "Male", "Köln")]
