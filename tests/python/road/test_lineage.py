"""The page of the lineage: every column from the files over three engines to the charts."""

import asyncio
import functools
import http.server
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from road.conftest import Road

from warehouse.dashboards import browser

FILE = "files.shop/sales_data/*.csv"

# Tables that macros write beside the query of another model: their own query says nothing of them.
UNKNOWN = {"marts.changed_months", "archive.superseded_sales", "archive.archive_ledger"}


@dataclass(frozen=True)
class Shown:
    """What the page holds.

    Attributes:
        path: Its file.
        text: As it is written.
        tables: By schema and name.
        columns: By schema, table and name.
        made_of: Of which columns each is made at once.
    """

    path: Path
    text: str
    tables: dict[str, dict[str, Any]]
    columns: dict[str, dict[str, Any]]
    made_of: dict[str, list[str]]

    def upstream(self, column: str) -> set[str]:
        """All columns that a column comes from."""
        found: set[str] = set()
        waiting = [column]
        while waiting:
            new = set(self.made_of[waiting.pop()]) - found
            found |= new
            waiting += new
        return found


@pytest.fixture(scope="module")
def shown(shop: Road, catalogue: str) -> Shown:
    path = shop.warehouse.home / "dbt" / "lineage.html"
    text = path.read_text(encoding="utf-8")
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found
    data = json.loads(found[1])
    tables = {f"{table['schema']}.{table['name']}": table for table in data["tables"]}
    names = [name for name, table in tables.items() for _ in range(table["size"])]
    names = [
        f"{name}.{column['name']}" for name, column in zip(names, data["columns"], strict=True)
    ]
    columns = dict(zip(names, data["columns"], strict=True))
    made_of = {name: [names[each] for each in column["from"]] for name, column in columns.items()}
    return Shown(path, text, tables, columns, made_of)


@pytest.mark.parametrize(
    ("end", "way"),
    [
        (
            "serving.summary_sales.net_revenue",
            (
                f"{FILE}.unit_price", "raw.sales_data.unit_price",
                "staging.stg_shop__sale_lines.unit_price", "marts.fct_sales.amount",
                "serving.hot_sales.amount",
            ),
        ),
        (
            "bi.sales_by_month.revenue",
            (
                f"{FILE}.unit_price", f"{FILE}.discount", "raw.sales_data.unit_price",
                "serving.hot_sales.amount", "landing.landing_sales.amount",
                "archive.historical_sales.amount", "analytics.monthly_sales.revenue",
            ),
        ),
        (
            "dashboards.years/Quarters compared, net revenue.Net revenue",
            (f"{FILE}.unit_price", "marts.fct_sales.amount", "bi.growth_by_quarter.revenue"),
        ),
        (
            "dashboards.sales_today/Where it sells, net revenue by category and region.category",
            ("files.shop/product_data/*.csv.category", "marts.dim_product.category",
             "serving.summary_sales.category"),
        ),
        (
            "history.customers_history.region",
            ("files.seeds/regions.csv.region",
             "marts.dim_customer.region", "landing.landing_customers.region"),
        ),
        (
            "dashboards.warehouse_itself/Why sale lines were refused.reason",
            (f"{FILE}.quantity", "staging.stg_shop__sale_lines.rejection_reasons"),
        ),
    ],
)  # fmt: skip
def test_a_number_is_followed_to_its_files(shown: Shown, end: str, way: tuple[str, ...]) -> None:
    assert set(way) <= shown.upstream(end)


@pytest.mark.parametrize(
    ("end", "stranger"),
    [
        # What products and customers are moves no revenue, and a list price is none that was paid.
        ("serving.summary_sales.net_revenue", "raw.product_data."),
        ("serving.summary_sales.net_revenue", "raw.customer_data."),
        ("bi.sales_by_month.revenue", "raw.product_data."),
        ("bi.sales_by_month.revenue", "marts.dim_customer."),
        ("dashboards.years/Quarters compared, net revenue.Net revenue", "raw.sales_data.cost"),
        ("marts.dim_product.list_price", "raw.sales_data."),
        # Which region it is says the seed; the city finds it there.
        ("history.customers_history.region", "raw.customer_data."),
        ("bi.customer_demographics.age_group", "raw.sales_data.unit_price"),
    ],
)
def test_a_number_comes_of_nothing_else(shown: Shown, end: str, stranger: str) -> None:
    assert any(name.startswith(stranger) for name in shown.columns)
    assert not [name for name in shown.upstream(end) if name.startswith(stranger)]


def test_what_is_not_known_is_little_and_told(shown: Shown, catalogue: str) -> None:
    assert {name for name, table in shown.tables.items() if table["gaps"]} == UNKNOWN
    assert f"{len(UNKNOWN)} gaps" in catalogue
    silent = {
        name.rsplit(".", 1)[0]
        for name, column in shown.columns.items()
        if not column["from"] and not column["steps"] and not name.startswith(("files.", "raw."))
    }
    assert silent == UNKNOWN


def test_every_column_of_every_chart_begins_somewhere(shown: Shown) -> None:
    ends = [name for name in shown.columns if name.startswith("dashboards.")]
    assert len(ends) > 50
    without = [
        name for name in ends if not shown.made_of[name] and not shown.columns[name]["counts"]
    ]
    assert without == []


def test_expressions_are_shown(shown: Shown) -> None:
    steps = shown.columns["serving.summary_sales.net_revenue"]["steps"]
    assert steps == [["net_revenue", "sum(hot_sales.amount)"]]


def test_each_table_says_how_it_stands(shop: Road, shown: Shown) -> None:
    sales = shown.tables["marts.fct_sales"]
    assert sales["rows"] == shop.truth["expected"]["sales"]["current"]
    assert sales["built"]
    said = {test["name"]: test["status"] for test in sales["tests"]}
    assert said["fct_sales_holds_every_current_line"] == "pass"
    # In dbt's page as well.
    catalog = json.loads(shown.path.with_name("catalog.json").read_text(encoding="utf-8"))
    assert "pass" in catalog["nodes"]["model.warehouse.fct_sales"]["stats"]["tests"]["value"]
    # Each part of the road has tests, and the last run of each is known.
    for name in ("raw.sales_data", "serving.hot_sales", "history.customers_history"):
        assert any(test["status"] == "pass" for test in shown.tables[name]["tests"]), name
    tests = [test for table in shown.tables.values() for test in table["tests"]]
    not_run = {test["name"] for test in tests if test["status"] == "not run"}
    # No step of the road runs them: what they look at is the whole archive.
    assert not_run <= {"archive_is_as_it_was_written", "archive_matches_fct_sales"}
    assert shown.tables["raw.sales_data"]["fresh"]["status"] == "pass"
    colours = {shown.tables[name]["engine"] for name in ("marts.fct_sales", "bi.sales_by_month")}
    assert colours == {"postgres", "greenplum"}


def test_the_page_needs_no_network(shown: Shown) -> None:
    page = re.sub(r'id="data">.*?</script>', "", shown.text, flags=re.DOTALL)
    assert not re.findall(r"https?://|@import|<link [^>]*stylesheet|<script [^>]*src", page)
    # dbt's own page has its data in it, too, and leads here.
    index = shown.path.with_name("index.html").read_text(encoding="utf-8")
    assert "INLINE DATA" not in index
    assert "(lineage.html)" in index


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()


def test_people_find_a_column_by_address_and_by_keyboard(shown: Shown) -> None:
    if browser.program() is None:
        pytest.skip("no Chromium to look with")
    asyncio.run(_look(shown))


async def _look(shown: Shown) -> None:
    heading = "document.querySelector('main h1')?.textContent"
    async with browser.page() as page:
        # As a file, on a telephone.
        await page.size(390, 844, mobile=True)
        address = f"{shown.path.as_uri()}#summary_sales.net_revenue"
        await page.open(address, f"{heading} === 'net_revenue'", 20)
        text = await page.evaluate("document.querySelector('main').innerText")
        assert "net_revenue = sum(hot_sales.amount)" in text
        assert "unit_price" in text
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390
        assert await page.evaluate("document.querySelectorAll('.drawing path').length") > 10
        # As it is served, by the keyboard alone.
        await page.size(1200, 800)
        with _served(shown.path.parent) as server:
            await page.open(f"{server}/lineage.html", f"{heading} !== undefined", 20)
            for key in ("/", *"sales_by_month revenue"):
                await page.command("Input.dispatchKeyEvent", type="keyDown", text=key, key=key)
            for key, code in (("ArrowDown", 40), ("ArrowUp", 38), ("Enter", 13)):
                await page.command(
                    "Input.dispatchKeyEvent",
                    type="rawKeyDown", key=key, windowsVirtualKeyCode=code,
                )  # fmt: skip
            assert await page.evaluate("location.hash") == "#sales_by_month.revenue"
            assert await page.evaluate(heading) == "revenue"
