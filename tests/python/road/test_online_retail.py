"""A real shop's year: what was counted outside this project comes out of all three engines."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from road.conftest import Road
from road.contents import contents
from road.databases import archive_of_its_own
from support import Warehouse

# The same questions on each engine; {sales} is its table.
MONTHS = """
    select to_char(sale_date, 'YYYY-MM'), sum(amount) from {sales}
    where source_system = 'online_retail' group by 1
"""
COUNTRIES = """
    select country, sum(amount) from {sales}
    where source_system = 'online_retail' group by 1 order by 2 desc limit 5
"""
COUNTS = """
    select
        count(*),
        sum(quantity),
        count(distinct order_id),
        count(distinct case when customer_key <> '00000000-0000-0000-0000-000000000000' then customer_key end),
        count(distinct product_key)
    from {sales}
    where source_system = 'online_retail'
"""  # noqa: E501

Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def on_greenplum(online_retail: Road, greenplum_environment: dict[str, str]) -> Iterator[Warehouse]:
    """Its warehouse with a real Greenplum for the archive, where the environment names one."""
    warehouse = online_retail.warehouse.with_settings(**greenplum_environment)
    with archive_of_its_own(warehouse) as archive:
        archive.run("warehouse", "archive")
        yield archive


@pytest.fixture(params=["postgres", "clickhouse", "stand-in", "greenplum"])
def ask(request: pytest.FixtureRequest, online_retail: Road) -> Ask:
    """Asks an engine."""
    warehouse = online_retail.warehouse
    if request.param == "postgres":
        return lambda question: warehouse.query(question.format(sales="marts.fct_sales"))
    if request.param == "clickhouse":
        return lambda question: _ask_clickhouse(warehouse, question)
    if request.param == "greenplum":
        warehouse = request.getfixturevalue("on_greenplum")
    return lambda question: warehouse.query(
        question.format(sales="archive.current_sales"), "GREENPLUM"
    )


def _ask_clickhouse(warehouse: Warehouse, question: str) -> list[tuple[Any, ...]]:
    query = question.format(sales="serving.hot_sales").replace(
        "to_char(sale_date, 'YYYY-MM')", "formatDateTime(sale_date, '%Y-%m')"
    )
    return [tuple(row) for row in warehouse.clickhouse().query(query).result_rows]


def test_every_line_is_loaded(online_retail: Road) -> None:
    truth = online_retail.truth
    assert online_retail.warehouse.query(
        "select count(*), count(distinct _source_file), count(*) filter (where customer_id = ''), "
        "count(*) filter (where description = ''), min(invoice_date), max(invoice_date) "
        "from raw.online_retail"
    ) == [
        (
            truth["all_rows"]["rows"],
            *(truth[name] for name in ("files", "null_customer_id", "null_description")),
            *(truth[name] for name in ("min_date", "max_date")),
        )
    ]
    assert online_retail.warehouse.query(
        "select count(*) from raw._rejects where source_file like 'online_retail/%'"
    ) == [(0,)]


def test_revenue_by_month(online_retail: Road, ask: Ask) -> None:
    expected = online_retail.truth["all_rows"]["revenue_by_month"]
    found = ask(MONTHS)
    assert dict(found) == {month: Decimal(revenue) for month, revenue in expected.items()}


def test_revenue_of_the_first_five_countries(online_retail: Road, ask: Ask) -> None:
    expected = online_retail.truth["all_rows"]["revenue_by_country_top5"]
    found = ask(COUNTRIES)
    assert found == [(country, Decimal(revenue)) for country, revenue in expected.items()]


def test_lines_pieces_invoices_customers_and_stock_codes(online_retail: Road, ask: Ask) -> None:
    truth = online_retail.truth["all_rows"]
    kinds = ("rows", "quantity", "invoices", "customers", "products")
    assert ask(COUNTS) == [tuple(truth[kind] for kind in kinds)]


def test_greenplum_holds_what_the_stand_in_holds(
    online_retail: Road, on_greenplum: Warehouse
) -> None:
    """The questions over years, too."""
    expected = contents(online_retail.warehouse, "GREENPLUM")
    assert contents(on_greenplum, "GREENPLUM") == expected


def test_cancellations_are_returns(online_retail: Road) -> None:
    lines = online_retail.warehouse.query(
        "select line_type, count(*) from marts.fct_sales "
        "where source_system = 'online_retail' group by 1"
    )
    truth = online_retail.truth
    adjustments = truth["negative_quantity_not_cancelled"] + truth["invoice_prefixes"]["A"]
    assert dict(lines) == {
        "return": truth["cancellation_rows"],
        "adjustment": adjustments,
        "sale": truth["all_rows"]["rows"] - truth["cancellation_rows"] - adjustments,
    }


def test_lines_without_a_customer_keep_the_unknown_one(online_retail: Road) -> None:
    found = online_retail.warehouse.query(
        "select count(*) from marts.fct_sales join marts.dim_customer using (customer_key) "
        "where fct_sales.source_system = 'online_retail' and customer_id = 'Unknown'"
    )
    assert found == [(online_retail.truth["null_customer_id"],)]


def test_the_shop_is_beside_it(online_retail: Road) -> None:
    found = online_retail.warehouse.query(
        "select source_system, currency from marts.fct_sales group by 1, 2 order by 1, 2"
    )
    assert found == [("online_retail", "GBP"), ("shop", "CHF"), ("shop", "EUR")]
