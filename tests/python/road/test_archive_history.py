"""Days go by in the archive: rows land as ClickHouse would write them, and history is kept of them.

The same on the stand-in and on a real Greenplum, where the environment names one.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from road.databases import archive_of_its_own
from support import Warehouse

from warehouse import environment
from warehouse.project import columns

UNKNOWN = "00000000-0000-0000-0000-000000000000"
PRODUCT = "00000000-0000-0000-0000-00000000000a"
CUSTOMER = "00000000-0000-0000-0000-00000000000c"
TODAY = datetime.now(UTC).date()

# The last column of what fct_sales is made of, and another one before it.
_RATE = "      - name: reporting_rate\n"
COUPON = "      - {name: coupon, data_type: text, description: A coupon.}\n"

PREPARE = """
from warehouse import environment
from warehouse.archive import landing
environment.load()
landing.prepare(*landing.DIMENSIONS, *landing.SALES)
"""

# A day of the archive, without the questions over years and without tests.
DAY = ("build", "--exclude", "resource_type:test", "--select")


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def _hash() -> str:
    """The content hash of a month, as ClickHouse hands it over: macros/archive/content_hash.sql."""
    formats = {"date": "YYYY-MM-DD", "timestamp": "YYYY-MM-DD HH24:MI:SS.US"}
    texts = []
    for name, column in columns("landing_sales").items():
        kind = column["data_type"]
        if name not in ("sale_month", "landed_at"):
            text = f"to_char({name}, '{formats[kind]}')" if kind in formats else f"{name}::text"
            texts.append(f"coalesce('|{name}=' || {text}, '')")
    return f"sum(('x' || substr(md5({' || '.join(texts)}), 1, 15))::bit(60)::bigint)"


class Archive:
    """An archive with nothing before it: what lands is put there by SQL.

    Args:
        root: The project that fills it.
    """

    def __init__(self, warehouse: Warehouse, root: Path = environment.ROOT) -> None:
        self.warehouse = warehouse
        self.root = root

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        return self.warehouse.query(query, "GREENPLUM")

    def land(
        self, price: str, city: str | None, sales: dict[str, tuple[date, int, str]] | None = None
    ) -> None:
        """Let a product, a customer, if there is a city, and a month of sales land.

        Args:
            price: The product's list price.
            city: Where the customer lives; without it the customer is gone.
            sales: By sale id, the day, the quantity and the customer's key.
        """
        self.warehouse.run("python", "-c", PREPARE, cwd=self.root)
        landed_at = datetime.now(UTC).replace(tzinfo=None)
        self.ask(
            "insert into landing.landing_products (product_key, source_system, product_id, "
            "product_name, category, supplier, list_price, landed_at) values "
            f"('{PRODUCT}', 'shop', 'P1', 'Lamp', 'Home', 'Sun', {price}, '{landed_at}'), "
            f"('{UNKNOWN}', 'unknown', 'Unknown', 'Unknown', 'Unknown', 'Unknown', null, "
            f"'{landed_at}')"
        )
        self.ask(
            "insert into landing.landing_stores (store_key, source_system, store_id, store_name, "
            "city, region, country, landed_at) values "
            f"('{UNKNOWN}', 'unknown', 'Unknown', 'Unknown', 'Unknown', 'Unknown', 'Unknown', "
            f"'{landed_at}')"
        )
        customers = [(UNKNOWN, "Unknown"), *([(CUSTOMER, city)] if city else [])]
        for key, name in customers:
            self.ask(
                "insert into landing.landing_customers (customer_key, source_system, customer_id, "
                "age_group, gender, city, country, landed_at) values "
                f"('{key}', 'shop', '{key[-1]}', '25-34', 'Female', '{name}', 'Unknown', "
                f"'{landed_at}')"
            )
        if sales is None:
            return
        for sale_id, (day, quantity, customer) in sales.items():
            self.ask(
                "insert into landing.landing_sales (sale_key, product_key, customer_key, "
                "sale_date, sale_month, source_system, sale_id, order_id, line_type, sold_at, "
                "country, currency, quantity, unit_price, amount, landed_at) values "
                f"(md5('{sale_id}')::uuid, '{PRODUCT}', '{customer}', '{day}', "
                f"date_trunc('month', date '{day}'), 'shop', '{sale_id}', '{sale_id}', 'sale', "
                f"'{day} 12:00', 'Unknown', 'EUR', {quantity}, 9.5, 9.5 * {quantity}, "
                f"'{landed_at}')"
            )
        self.ask(
            "insert into landing.landing_months select source_system, sale_month, count(*), "
            f"sum(quantity), sum(amount), ({_hash()})::text, true, '{landed_at}' "
            "from landing.landing_sales group by source_system, sale_month"
        )

    def build(self, *selection: str) -> None:
        self.warehouse.dbt(*DAY, *selection, target="greenplum", cwd=self.root)

    def night(self, nights: int = 1) -> None:
        """Let time pass: what has happened in the snapshots happened so many days earlier."""
        for table in ("products_history", "customers_history"):
            self.ask(
                f"update history.{table} set "
                f"dbt_valid_from = dbt_valid_from - interval '{nights} days', "
                f"dbt_valid_to = dbt_valid_to - interval '{nights} days'"
            )


@pytest.fixture(params=["stand-in", "greenplum"])
def archive(request: pytest.FixtureRequest, engines: Warehouse) -> Iterator[Archive]:
    settings: dict[str, str] = {}
    if request.param == "greenplum":
        settings = request.getfixturevalue("greenplum_environment")
    with archive_of_its_own(engines.with_settings(**settings)) as warehouse:
        yield Archive(warehouse)


def test_history_of_a_product_a_customer_and_their_sales(archive: Archive) -> None:
    month = TODAY.replace(day=1) - timedelta(days=200)
    first = {"1": (month, 1, CUSTOMER), "2": (month, 2, UNKNOWN), "3": (month, 3, CUSTOMER)}
    archive.land("10", "Berlin", first)
    archive.build("path:models/archive", "path:snapshots")
    archive.night()
    [(closed,)] = archive.ask("select now()")

    # One sale has another quantity, one is gone, one is late.
    second = {"1": (month, 5, CUSTOMER), "2": (month, 2, UNKNOWN), "4": (month, 4, CUSTOMER)}
    archive.land("11", "Hamburg", second)
    archive.build("path:models/archive", "path:snapshots")

    # A second price on the same day; the customer is gone.
    archive.land("12", None)
    archive.build("path:snapshots")
    archive.night()

    # The old price again; the customer is back, and has bought something on each of these days.
    days = {f"day {days}": (days_ago(days - 1), 1, CUSTOMER) for days in (9, 3, 2, 1)}
    archive.land("10", "Bremen", {**days, "nobody": (days_ago(1), 1, UNKNOWN)})
    archive.build("path:models/archive", "path:snapshots")

    _dimensions_have_their_periods(archive)
    _sales_have_their_versions(archive, closed)
    _sales_meet_the_price_and_city_of_their_day(archive)
    assert "as they were written" in archive.warehouse.run("warehouse", "verify-archive").stdout
    _an_empty_landing_table_does_not_end_all_periods(archive)


def _dimensions_have_their_periods(archive: Archive) -> None:
    prices = archive.ask(
        "select list_price, dbt_valid_from::date, dbt_valid_to::date "
        f"from history.products_history where product_key = '{PRODUCT}' order by dbt_valid_from"
    )
    assert [(int(price), start, end) for price, start, end in prices] == [
        (10, days_ago(2), days_ago(1)),
        (11, days_ago(1), days_ago(1)),
        (12, days_ago(1), days_ago(0)),
        (10, days_ago(0), None),
    ]
    cities = archive.ask(
        "select city, dbt_valid_from::date, dbt_valid_to::date "
        f"from history.customers_history where customer_key = '{CUSTOMER}' order by dbt_valid_from"
    )
    assert cities == [
        ("Berlin", days_ago(2), days_ago(1)),
        ("Hamburg", days_ago(1), days_ago(1)),
        ("Bremen", days_ago(0), None),
    ]


def _sales_have_their_versions(archive: Archive, closed: datetime) -> None:
    versions = archive.ask(
        "select sale_id, version, quantity, is_withdrawn, reason "
        "from archive.historical_sales where sale_id < 'a' order by 1, 2"
    )
    assert versions == [
        ("1", 1, 1, False, "first"),
        ("1", 2, 5, False, "corrected"),
        ("2", 1, 2, False, "first"),
        ("3", 1, 3, False, "first"),
        ("3", 2, 3, True, "withdrawn"),
        ("4", 1, 4, False, "late"),
    ]
    known = "select sale_id, quantity from {} and sale_id < 'a' order by 1"
    now = known.format("archive.current_sales where true")
    assert archive.ask(now) == [("1", 5), ("2", 2), ("4", 4)]
    then = known.format(
        f"archive.sales_versions where known_from <= '{closed}' and '{closed}' < known_to "
        "and not is_withdrawn"
    )
    assert archive.ask(then) == [("1", 1), ("2", 2), ("3", 3)]
    entries = archive.ask(
        "select rows_added, quantity_added, sale_lines, quantity from archive.archive_ledger "
        "where table_name = 'historical_sales' order by entry limit 2"
    )
    assert entries == [(3, 6, 3, 6), (3, 12, 3, 11)]


def _sales_meet_the_price_and_city_of_their_day(archive: Archive) -> None:
    sold = archive.ask(
        "select sale_id, list_price, city from archive.sales_as_sold "
        "where sale_id like 'day%' or sale_id = 'nobody' order by 1"
    )
    assert [(sale_id, int(price), city) for sale_id, price, city in sold] == [
        ("day 1", 10, "Bremen"),
        ("day 2", 12, "Hamburg"),
        ("day 3", 10, "Berlin"),
        ("day 9", 10, "Berlin"),
        ("nobody", 12, "Unknown"),
    ]


def _an_empty_landing_table_does_not_end_all_periods(archive: Archive) -> None:
    archive.warehouse.run("python", "-c", PREPARE)
    done = archive.warehouse.dbt(*DAY, "path:snapshots", target="greenplum", check=False)
    assert done.returncode != 0
    assert "landing_products" in done.stdout and "is empty" in done.stdout
    lasting = archive.ask(
        "select count(*) from history.products_history where dbt_valid_to is null"
    )
    assert lasting == [(2,)]


@pytest.mark.drill
def test_a_new_column_writes_no_version(archive: Archive, project: Path) -> None:
    month = TODAY.replace(day=1) - timedelta(days=200)
    sales = {"1": (month, 1, CUSTOMER), "2": (month, 2, UNKNOWN)}
    archive.land("10", "Berlin", sales)
    archive.build("path:models/archive", "path:snapshots")
    # A copy of the fact's columns, as landing_sales and historical_sales are.
    marts = project / "models" / "marts" / "_marts.yml"
    text = marts.read_text(encoding="utf-8")
    assert text.count(_RATE) == 1
    marts.write_text(text.replace(_RATE, COUPON + _RATE), encoding="utf-8")
    here = archive.warehouse.with_settings(PYTHONPATH=str(project))
    later = Archive(here, project)
    later.land("10", "Berlin", sales)
    later.build("path:models/archive", "path:snapshots")
    assert archive.ask(
        "select sale_id, version, reason, coupon from archive.historical_sales order by 1"
    ) == [("1", 1, "first", None), ("2", 1, "first", None)]
    assert "as they were written" in later.warehouse.run("warehouse", "verify-archive").stdout
