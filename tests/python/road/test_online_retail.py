"""A real shop's year: what was counted outside this project comes out of all three engines."""

from decimal import Decimal
from typing import Any

import pytest
from road.conftest import Road

# The same questions on each engine; {sales} and {products} are its tables.
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

ENGINES = {
    "postgres": "marts.fct_sales",
    "clickhouse": "serving.hot_sales",
    "greenplum": "archive.current_sales",
}


def ask(road: Road, engine: str, question: str) -> list[tuple[Any, ...]]:
    query = question.format(sales=ENGINES[engine])
    if engine == "clickhouse":
        query = query.replace("to_char(sale_date, 'YYYY-MM')", "formatDateTime(sale_date, '%Y-%m')")
        return [tuple(row) for row in road.warehouse.clickhouse().query(query).result_rows]
    return road.warehouse.query(query, "GREENPLUM" if engine == "greenplum" else "POSTGRES")


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


@pytest.mark.parametrize("engine", ENGINES)
def test_revenue_by_month(online_retail: Road, engine: str) -> None:
    expected = online_retail.truth["all_rows"]["revenue_by_month"]
    found = dict(ask(online_retail, engine, MONTHS))
    assert found == {month: Decimal(revenue) for month, revenue in expected.items()}


@pytest.mark.parametrize("engine", ENGINES)
def test_revenue_of_the_first_five_countries(online_retail: Road, engine: str) -> None:
    expected = online_retail.truth["all_rows"]["revenue_by_country_top5"]
    found = ask(online_retail, engine, COUNTRIES)
    assert found == [(country, Decimal(revenue)) for country, revenue in expected.items()]


@pytest.mark.parametrize("engine", ENGINES)
def test_lines_pieces_invoices_customers_and_stock_codes(online_retail: Road, engine: str) -> None:
    truth = online_retail.truth["all_rows"]
    kinds = ("rows", "quantity", "invoices", "customers", "products")
    assert ask(online_retail, engine, COUNTS) == [tuple(truth[kind] for kind in kinds)]


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
        "select source_system, currency from marts.fct_sales group by 1, 2 order by 1"
    )
    assert found == [("online_retail", "GBP"), ("shop", "EUR")]
