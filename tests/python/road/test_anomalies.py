"""How many alarms are false, and how many loud days are found, where it is known which days are."""

import re
from datetime import date, timedelta

import numpy as np
import pytest
from road.conftest import Road

from warehouse.sample.categories import CATEGORIES
from warehouse.sample.demand import LOUD_DAYS, make_demand
from warehouse.sample.draws import Draws

FIRST, LAST = date(2023, 1, 1), date(2025, 12, 31)
SALES = 1_000_000
PRICE, PRICE_SPREAD = 50, 60

ALL = "All categories"
Day = tuple[str, date]


def loud_days() -> set[Day]:
    """The category and date of each; what is loud in one category is so in all together."""
    return {
        (name, day)
        for year in range(FIRST.year, LAST.year + 1)
        for loud in LOUD_DAYS
        if (day := loud.falls_on(year))
        for name in (ALL, *(loud.categories or (category.name for category in CATEGORIES)))
    }


def days_of_sales() -> list[tuple[date, str, float]]:
    """Revenue by day and category of a shop with the sample's calendar, and chance as it has."""
    demand = make_demand(FIRST, LAST, Draws(1, 1))
    chance = np.random.default_rng(1)
    sales = chance.poisson(demand.mix * SALES / demand.mix.sum())
    spread = chance.normal(size=sales.shape) * PRICE_SPREAD * np.sqrt(sales)
    revenue = np.maximum(sales * PRICE + spread, 0).round(2)
    return [
        (FIRST + timedelta(day), category.name, float(revenue[day, column]))
        for day in range(len(revenue))
        for column, category in enumerate(CATEGORIES)
    ]


@pytest.fixture(scope="module")
def alarms(shop: Road) -> set[Day]:
    """The days that the model tells of, asked of that shop."""
    done = shop.warehouse.dbt("compile", "--select", "sales_anomalies", target="clickhouse")
    assert "sales_anomalies" in done.stdout
    compiled = shop.warehouse.target_path("clickhouse") / "compiled"
    [path] = compiled.rglob("models/serving/anomalies/sales_anomalies.sql")
    query, replaced = re.subn(
        "`serving`.`daily_revenue`", "loud.daily_revenue", path.read_text(encoding="utf-8")
    )
    assert replaced == 1
    client = shop.warehouse.clickhouse()
    client.command("create database loud")
    try:
        client.command(
            "create table loud.lines (sale_date Date, category String, net_revenue Decimal(18, 4)) "
            "engine = MergeTree order by sale_date"
        )
        client.insert("loud.lines", days_of_sales())
        client.command(
            "create view loud.daily_revenue as select sale_date, 'shop' as source_system, "
            f"'EUR' as currency, arrayJoin([category, '{ALL}']) as category, "
            "sum(lines.net_revenue) as net_revenue from loud.lines group by all"
        )
        rows = client.query(query).named_results()
        return {(row["category"], row["since"]) for row in rows if row["kind"] != "level shift"}
    finally:
        client.command("drop database loud")


def test_alarms_of_all_categories_together_are_true(alarms: set[Day]) -> None:
    told = {day for day in alarms if day[0] == ALL}
    known = {day for day in loud_days() if day[0] == ALL}
    print(f"{len(told - known)} of {len(told)} false, {len(told & known)} of {len(known)} found")
    assert len(told - known) <= 0.1 * len(told)
    assert len(told & known) >= 0.5 * len(known)


def test_of_single_categories_most_alarms_are(alarms: set[Day]) -> None:
    told = {day for day in alarms if day[0] != ALL}
    known = {day for day in loud_days() if day[0] != ALL}
    print(f"{len(told - known)} of {len(told)} false, {len(told & known)} of {len(known)} found")
    assert len(told - known) <= 0.2 * len(told)
    assert len(told & known) >= 0.4 * len(known)


def test_black_friday_is_found(alarms: set[Day]) -> None:
    black_friday = next(loud for loud in LOUD_DAYS if loud.name == "Black Friday")
    days = [black_friday.falls_on(year) for year in range(FIRST.year, LAST.year + 1)]
    missed = [day for day in days if (ALL, day) not in alarms]
    assert missed == []
