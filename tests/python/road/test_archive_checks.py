"""A month enters the archive only if all three engines agree on it."""

import re
from decimal import Decimal

from road.conftest import Road
from road.contents import contents


def test_a_mismatch_stops_the_archive_and_leaves_it_as_it_was(shop: Road) -> None:
    warehouse = shop.warehouse
    before = contents(warehouse, "GREENPLUM")
    client = warehouse.clickhouse()
    change = (
        "alter table serving.hot_sales update amount = amount {} 1 "
        "where toYYYYMM(sale_date) = 202305 settings mutations_sync = 1"
    )
    client.command(change.format("+"))
    try:
        done = warehouse.run("warehouse", "archive", check=False)
    finally:
        client.command(change.format("-"))
    assert done.returncode == 1
    assert contents(warehouse, "GREENPLUM") == before
    # What differs is named: the month, the tables and both values.
    right = shop.truth["expected"]["sales"]["by_month"]["2023-05"]
    revenue = sum(map(Decimal, right["revenue"].values()))
    wrong = revenue + right["sales"]
    [(landed, held)] = re.findall(
        r"shop 2023-05: landing_months has .* amount (\S+), hash \d+; "
        r"fct_sales has .* amount (\S+), hash",
        done.stdout,
    )
    assert (Decimal(landed), Decimal(held)) == (wrong, revenue)


def test_what_did_not_land_whole_is_refused(shop: Road) -> None:
    warehouse = shop.warehouse
    before = contents(warehouse, "GREENPLUM")
    # One sale more than is handed over, and a month of which nothing came. The next archive empties
    # the landing tables.
    warehouse.query(
        "insert into landing.landing_months (source_system, sale_month, sale_lines, quantity, "
        "amount, content_hash, is_handed_over, landed_at) "
        "select 'shop', date '1999-12-01', 7, 8, 9.00, '10', true, max(landed_at) "
        "from landing.landing_months",
        "GREENPLUM",
    )
    done = warehouse.dbt("run", "--select", "historical_sales", target="greenplum", check=False)
    assert done.returncode != 0
    assert "nothing is archived, as what landed is not whole: shop 1999-12: " in done.stdout
    assert "with what has landed the archive would have 0 lines" in done.stdout
    assert "landing_months has 7 lines, quantity 8, amount 9.0000, hash 10" in done.stdout
    assert contents(warehouse, "GREENPLUM") == before


def test_a_vanished_month_stops_the_archive(shop: Road) -> None:
    warehouse = shop.warehouse
    warehouse.query("create table staging.kept as select * from marts.sales_months")
    warehouse.query("delete from marts.sales_months where sale_month = '2024-02-01'")
    try:
        done = warehouse.run("warehouse", "archive", check=False)
    finally:
        warehouse.query(
            "insert into marts.sales_months "
            "select * from staging.kept where sale_month = '2024-02-01'; drop table staging.kept"
        )
    assert done.returncode == 1
    lines = shop.truth["expected"]["sales"]["by_month"]["2024-02"]["sales"]
    assert f"shop 2024-02: historical_sales has {lines} lines" in done.stdout
    assert "fct_sales has 0: if that is right, run warehouse archive --withdraw 2024-02" in (
        done.stdout
    )
