"""The files look like those of a shop: what people see first in its figures is there."""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from sample.recount import moment, number, read


class Sale(NamedTuple):
    sold_at: datetime
    product: str
    customer: str


class Shop(NamedTuple):
    sales: list[Sale]
    category: dict[str, str]
    customers: dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def seen(shop: Path) -> Shop:
    """What is sold, without returns and without what cannot be read."""
    sales = []
    for row in read(shop, "sales_data"):
        sold_at, quantity = moment(row["sold_at"]), number(row["quantity"])
        if sold_at and quantity and quantity > 0:
            product, customer = (
                row[name].strip().upper() for name in ("product_id", "customer_id")
            )
            sales.append(Sale(sold_at, product, customer))
    products = {
        row["product_id"].strip().upper(): row["category"].strip().title()
        for row in read(shop, "product_data")
    }
    customers = {row["customer_id"].strip().upper(): row for row in read(shop, "customer_data")}
    return Shop(sales, products, customers)


def test_the_shop_grows(seen: Shop) -> None:
    by_year = Counter(sale.sold_at.year for sale in seen.sales)
    for before, after in pairwise((2023, 2024, 2025)):
        assert 1.1 < by_year[after] / by_year[before] < 1.5


def test_saturday_is_the_best_day_of_the_week(seen: Shop) -> None:
    by_weekday = Counter(sale.sold_at.weekday() for sale in seen.sales)
    assert max(by_weekday, key=by_weekday.__getitem__) == 5
    assert min(by_weekday.values()) < 0.85 * by_weekday[5]


def test_people_buy_in_the_evening_and_sleep_at_night(seen: Shop) -> None:
    by_hour = Counter(sale.sold_at.hour for sale in seen.sales)
    assert by_hour[20] > 10 * by_hour[4]


@pytest.mark.parametrize(
    ("category", "strong", "weak"), [("Toys", 12, 2), ("Garden", 5, 11), ("Electronics", 12, 3)]
)
def test_categories_have_their_seasons(seen: Shop, category: str, strong: int, weak: int) -> None:
    months = Counter(
        sale.sold_at.month for sale in seen.sales if seen.category.get(sale.product) == category
    )
    assert months[strong] > 1.5 * months[weak]


@pytest.mark.parametrize(
    ("loud", "low", "high"),
    [
        (date(2023, 11, 24), 2, 6),  # Black Friday
        (date(2024, 11, 29), 2, 6),
        (date(2025, 12, 1), 1.3, 4),  # Cyber Monday
        (date(2024, 9, 10), 0, 0.2),  # the outage
        (date(2024, 12, 25), 0, 0.6),  # Christmas Day
    ],
)
def test_loud_days_stand_out_from_the_same_weekday_around(
    seen: Shop, loud: date, low: float, high: float
) -> None:
    by_day = Counter(sale.sold_at.date() for sale in seen.sales)
    around = [by_day[loud + timedelta(weeks=weeks)] for weeks in (-2, 2)]
    assert low < by_day[loud] / (sum(around) / len(around)) + 1e-9 < high


def test_few_products_make_most_sales(seen: Shop) -> None:
    sold = Counter(sale.product for sale in seen.sales if sale.product in seen.category)
    best = sorted(sold.values(), reverse=True)
    assert 0.5 < sum(best[: len(seen.category) // 5]) / sum(best) < 0.95
    assert best[0] / sum(best) < 0.1


def test_some_customers_come_back_and_cohorts_decay(seen: Shop) -> None:
    days: defaultdict[str, set[date]] = defaultdict(set)
    for sale in seen.sales:
        if sale.customer in seen.customers:
            days[sale.customer].add(sale.sold_at.date())
    once = sum(len(visits) == 1 for visits in days.values()) / len(days)
    assert 0.25 < once < 0.65

    cohort = {
        customer: first
        for customer, visits in days.items()
        if date(2023, 4, 1) <= (first := min(visits)) < date(2024, 1, 1)
    }

    def active(low: int, high: int) -> float:
        """The part of the cohort that comes in a span of days after the first purchase."""
        span = timedelta(low), timedelta(high)
        return sum(
            any(span[0] <= visit - first < span[1] for visit in days[customer])
            for customer, first in cohort.items()
        ) / len(cohort)

    assert active(1, 90) > 1.5 * active(270, 360) > 1.5 * active(630, 720) > 0


def test_returns_follow_a_sale_of_the_product_to_the_customer(shop: Path) -> None:
    bought: set[tuple[str, str]] = set()
    returned = matched = 0
    for row in read(shop, "sales_data"):
        quantity = number(row["quantity"])
        product, customer = (row[name].strip().upper() for name in ("product_id", "customer_id"))
        if quantity and customer:
            if quantity > 0:
                bought.add((product, customer))
            else:
                returned += 1
                matched += (product, customer) in bought
    # The others are those of which one line's ids are dirty.
    assert 0.9 < matched / returned < 1


def test_cities_are_of_unequal_size(seen: Shop) -> None:
    cities = Counter(row["city"].strip().title() for row in seen.customers.values())
    sizes = [size for city, size in cities.most_common() if city]
    assert len(sizes) == 30
    assert sizes[0] > 5 * sizes[9] > 0


def test_taste_differs_by_gender_and_age(seen: Shop) -> None:
    bought: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for sale in seen.sales:
        if row := seen.customers.get(sale.customer):
            bought[seen.category.get(sale.product, "")][row["gender"].strip()[:1].lower()] += 1
    assert bought["Beauty"]["f"] > 1.8 * bought["Beauty"]["m"]
    assert bought["Electronics"]["m"] > bought["Electronics"]["f"]


def test_prices_change_over_time(shop: Path) -> None:
    prices: defaultdict[str, set[str]] = defaultdict(set)
    for row in read(shop, "product_data"):
        prices[row["product_id"].strip().upper()].add(str(number(row["price"])))
    assert sum(len(found) > 2 for found in prices.values()) > len(prices) / 2


def test_products_and_customers_come_in_full_first_and_then_only_with_what_is_new(
    shop: Path,
) -> None:
    for kind in ("product_data", "customer_data"):
        first, *later = sorted((shop / kind).glob("*.csv"))
        assert first.name == f"{kind}_2023-01-01.csv"
        assert len(first.read_bytes()) > 10 * max(len(path.read_bytes()) for path in later)


def test_names_need_all_that_csv_and_utf8_have(shop: Path) -> None:
    names = [row["name"] for row in read(shop, "product_data")]
    names += [row["supplier"] for row in read(shop, "product_data")]
    assert any("," in name for name in names)
    assert any('"' in name for name in names)
    assert any(not name.isascii() for name in names)
