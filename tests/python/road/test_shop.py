"""The sample shop's files, with all their dirt, become what their manifest says they must."""

from decimal import Decimal
from typing import Any

import pytest
from road.conftest import Road

SALES = {
    "POSTGRES": "marts.fct_sales",
    "CLICKHOUSE": "serving.hot_sales",
    "GREENPLUM": "archive.current_sales",
}


def ask(road: Road, engine: str, query: str) -> list[tuple[Any, ...]]:
    if engine == "CLICKHOUSE":
        return [tuple(row) for row in road.warehouse.clickhouse().query(query).result_rows]
    return road.warehouse.query(query, engine)


@pytest.mark.parametrize("engine", SALES)
def test_sales_are_those_of_the_manifest(shop: Road, engine: str) -> None:
    truth = shop.truth["expected"]["sales"]
    query = f"""
        select currency, count(*), sum(case when line_type = 'return' then 1 else 0 end), sum(quantity), sum(amount),
            sum(discount), sum(cost), sum(amount - cost)
        from {SALES[engine]} group by currency
    """  # noqa: E501
    counted = (truth["current"], truth["returns"], truth["quantity"])
    found = ask(shop, engine, query)
    assert tuple(sum(row[place] for row in found) for place in (1, 2, 3)) == counted
    amounts = ("revenue", "discount", "cost", "margin")
    assert {row[0]: row[4:] for row in found} == {
        currency: tuple(Decimal(truth[name][currency]) for name in amounts)
        for currency in truth["revenue"]
    }


@pytest.mark.parametrize("engine", SALES)
def test_every_month_is_that_of_the_manifest(shop: Road, engine: str) -> None:
    truth = shop.truth["expected"]["sales"]["by_month"]
    query = f"""
        select extract(year from sale_date), extract(month from sale_date), count(*),
            sum(case when currency = 'EUR' then amount end),
            sum(case when currency = 'CHF' then amount end)
        from {SALES[engine]} group by 1, 2
    """
    found = {
        f"{int(year)}-{int(month):02}": (count, *amounts)
        for year, month, count, *amounts in ask(shop, engine, query)
    }
    assert found == {
        month: (
            expected["sales"],
            *(Decimal(expected["revenue"][currency]) for currency in ("EUR", "CHF")),
        )
        for month, expected in truth.items()
    }


def test_stores_are_those_of_the_manifest(shop: Road) -> None:
    truth = shop.truth["expected"]["sales"]["by_store"]
    query = """
        select store_id, sum(sale_lines), sum(net_revenue)
        from serving.summary_stores where source_system = 'shop' group by 1
    """
    assert {store: row for store, *row in ask(shop, "CLICKHOUSE", query)} == {
        store: [expected["sales"], sum(map(Decimal, expected["revenue"].values()))]
        for store, expected in truth.items()
    }


@pytest.mark.parametrize(
    ("engine", "sales"),
    [("CLICKHOUSE", "serving.hot_sales"), ("GREENPLUM", "archive.sales_as_sold")],
)
def test_amounts_of_two_currencies_add_up_in_one(shop: Road, engine: str, sales: str) -> None:
    expected = Decimal(shop.truth["expected"]["sales"]["revenue_in_eur"])
    assert ask(shop, engine, f"select sum(amount_reporting) from {sales}") == [(expected,)]


def test_summaries_are_those_of_the_manifest(shop: Road) -> None:
    expected = shop.truth["expected"]["sales"]["revenue_by_category"]
    found = ask(
        shop,
        "CLICKHOUSE",
        "select category, currency, sum(net_revenue) from serving.summary_sales group by 1, 2",
    )
    assert {row[:2]: row[2] for row in found} == {
        (category, currency): Decimal(revenue)
        for category, revenues in expected.items()
        for currency, revenue in revenues.items()
    }


def test_rejected_lines_are_in_quarantine_with_their_reasons(shop: Road) -> None:
    truth = shop.truth["expected"]["sales"]
    found = shop.warehouse.query(
        "select unnest(string_to_array(rejection_reasons, '; ')), count(*) "
        "from quarantine.qrn_sale_lines group by 1"
    )
    by_reason = {reason.replace(" ", "_"): count for reason, count in found}
    assert by_reason == truth["rejected_by_reason"]
    total = shop.warehouse.query("select count(*) from quarantine.qrn_sale_lines")
    assert total == [(truth["rejected"],)]


def test_repetitions_and_older_versions_are_accounted_for(shop: Road) -> None:
    found = shop.warehouse.query(
        "select sum(lines_superseded) from quarantine.load_account where stream = 'sales_data'"
    )
    assert found == [(shop.truth["expected"]["sales"]["superseded"],)]


def test_sales_of_unknown_products_and_customers_are_kept(shop: Road) -> None:
    truth = shop.truth["expected"]["sales"]
    found = shop.warehouse.query(
        "select count(*) filter (where products.is_inferred), "
        "count(*) filter (where customers.is_inferred), "
        "count(*) filter (where customer_id = 'Unknown') "
        "from marts.fct_sales join marts.dim_product as products using (product_key) "
        "join marts.dim_customer as customers using (customer_key)"
    )
    assert found == [
        (truth["unknown_product"], truth["unknown_customer"], truth["no_customer"]),
    ]


def test_dimensions_hold_the_latest_versions(shop: Road) -> None:
    expected = shop.truth["expected"]
    genders = shop.warehouse.query(
        "select lower(gender), count(*) from marts.dim_customer "
        "where source_system = 'shop' and not is_inferred group by 1"
    )
    categories = shop.warehouse.query(
        "select category, count(*) from marts.dim_product "
        "where source_system = 'shop' and not is_inferred group by 1"
    )
    assert dict(genders) == expected["customers"]["by_gender"]
    assert dict(categories) == expected["products"]["by_category"]


@pytest.mark.parametrize(
    ("mart", "archived"),
    [
        ("marts.dim_product", ("archive.current_products", "history.products_history")),
        ("marts.dim_customer", ("archive.current_customers", "history.customers_history")),
        ("marts.dim_store", ("archive.current_stores", "history.stores_history")),
    ],
)
def test_the_archive_keeps_dimensions_and_their_history(
    shop: Road, mart: str, archived: tuple[str, ...]
) -> None:
    count = "select count(*) from {}"
    expected = ask(shop, "POSTGRES", count.format(mart))
    assert [ask(shop, "GREENPLUM", count.format(table)) for table in archived] == [expected] * 2


def test_cohorts_hold_every_customer_of_a_currency_once(shop: Road) -> None:
    found = ask(
        shop,
        "GREENPLUM",
        "select sum(active_customers) from analytics.customer_cohorts where months_since_first = 0",
    )
    buyers = ask(
        shop,
        "POSTGRES",
        "select count(distinct (currency, customer_key)) from marts.fct_sales "
        "where line_type = 'sale' "
        "and customer_key <> '00000000-0000-0000-0000-000000000000'",
    )
    assert found == buyers
