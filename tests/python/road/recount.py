"""The questions over years, worked out again in plain Python from the archive's sale lines.

Nothing here is shared with the models: no SQL but one plain select, other formulas where there are
several that must agree, and no regard for speed.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
from support import Warehouse

UNKNOWN = "00000000-0000-0000-0000-000000000000"

SALE_LINES = """
    select
        sales.source_system, currency, sale_date, category, sales.country, stores.region,
        customers.region, customers.city, age_group, gender, line_type, customer_key::text,
        order_id, quantity, amount
    from archive.current_sales as sales
    join archive.current_products as products using (product_key)
    join archive.current_customers as customers using (customer_key)
    left join archive.current_stores as stores
        on sales.source_system = stores.source_system and sales.store_id = stores.store_id
"""

Month = int
"""Months since the year 0: the next month is one more, also in January."""

Series = tuple[str, str, str]
"""Source system, currency, and what is looked at: a category or a region."""


@dataclass(frozen=True)
class SaleLine:
    """One line of the archive, with what is known of its product and customer."""

    source_system: str
    currency: str
    day: date
    category: str
    country: str
    store_region: str | None
    customer_region: str
    city: str
    age_group: str
    gender: str
    line_type: str
    customer: str
    order: str
    quantity: int
    amount: Decimal

    @property
    def month(self) -> Month:
        return month_of(self.day)

    @property
    def shop(self) -> tuple[str, str]:
        return (self.source_system, self.currency)

    @property
    def region(self) -> str:
        told = (self.store_region, self.customer_region, self.country, self.city)
        return next((place for place in told if place and place != "Unknown"), "Unknown")


def month_of(day: date) -> Month:
    return 12 * day.year + day.month - 1


def first_day(month: Month) -> date:
    return date(month // 12, month % 12 + 1, 1)


def season(month: Month) -> str:
    """The meteorological season of a month."""
    return ("Winter", "Spring", "Summer", "Autumn")[(month + 1) % 12 // 3]


def season_year(month: Month) -> int:
    """The year of a month's season: that of January for a winter."""
    return (month + 1) // 12


def rounded(value: Decimal, places: int) -> Decimal:
    """Round as PostgreSQL does: halves away from zero."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def sale_lines(warehouse: Warehouse) -> list[SaleLine]:
    """Return all sale lines of a warehouse's archive."""
    return [SaleLine(*row) for row in warehouse.query(SALE_LINES, "GREENPLUM")]


def revenue(lines: Iterable[SaleLine]) -> Decimal:
    """Return sales less returns."""
    return sum((line.amount for line in lines if line.line_type != "adjustment"), Decimal(0))


def calendar(lines: Iterable[SaleLine]) -> dict[tuple[str, str], dict[Month, bool]]:
    """Return, for each shop, its months, and whether they are complete."""
    days: dict[tuple[str, str], list[date]] = defaultdict(list)
    for line in lines:
        days[line.shop].append(line.day)
    return {shop: _months(min(found), max(found)) for shop, found in days.items()}


def _months(first: date, last: date) -> dict[Month, bool]:
    months = dict.fromkeys(range(month_of(first), month_of(last) + 1), True)
    if first.day > 7:
        months[month_of(first)] = False
    if (first_day(month_of(last) + 1) - last).days > 7:
        months[month_of(last)] = False
    return months


def cohorts(
    lines: Iterable[SaleLine], months_of_period: int
) -> dict[tuple[str, str, int, int], tuple[int, int, Decimal]]:
    """Count customers by period of first purchase and period since.

    Returns:
        For each shop, first period and later period: customers of the cohort, those who bought in
        the later period, and what they bought for. Periods are months over months_of_period.
    """
    lines = list(lines)
    purchases: dict[tuple[str, str], dict[str, dict[int, Decimal]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(Decimal))
    )
    for line in lines:
        if line.line_type == "sale" and line.customer != UNKNOWN:
            purchases[line.shop][line.customer][line.month // months_of_period] += line.amount
    found = {}
    for shop, months in calendar(lines).items():
        periods = sorted({month // months_of_period for month in months})
        customers = purchases[shop].values()
        for first in {min(bought) for bought in customers}:
            cohort = [bought for bought in customers if min(bought) == first]
            for period in periods[periods.index(first) :]:
                active = [bought[period] for bought in cohort if period in bought]
                found[(*shop, first, period)] = (len(cohort), len(active), sum(active, Decimal(0)))
    return found


def histories(lines: Iterable[SaleLine]) -> dict[Series, dict[Month, Decimal]]:
    """Return revenue by category and month, for complete months from a category's first line on."""
    lines = list(lines)
    by_month: dict[Series, dict[Month, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for line in lines:
        by_month[(*line.shop, line.category)][line.month] += revenue([line])
    months = calendar(lines)
    complete = {
        series: {
            month: found.get(month, Decimal(0))
            for month, is_complete in months[series[:2]].items()
            if is_complete and month >= min(found)
        }
        for series, found in by_month.items()
    }
    return {series: history for series, history in complete.items() if history}


def seasonal_index(history: dict[Month, Decimal]) -> dict[int, Decimal] | None:
    """Return the index of each month of the year, 0 to 11, by ratio to moving average.

    None where a month of the year has no ratio.
    """
    weights = [Decimal("0.5"), *[Decimal(1)] * 11, Decimal("0.5")]
    ratios: dict[int, list[Decimal]] = defaultdict(list)
    for month in history:
        window = [history.get(month + offset) for offset in range(-6, 7)]
        if any(amount is None for amount in window):
            continue
        weighted = [w * a for w, a in zip(weights, window, strict=True) if a is not None]
        average = sum(weighted, Decimal(0)) / 12
        if average > 0:
            ratios[month % 12].append(history[month] / average)
    if len(ratios) < 12:
        return None
    means = {month: sum(found, Decimal(0)) / len(found) for month, found in ratios.items()}
    level = sum(means.values(), Decimal(0)) / 12
    return {month: rounded(mean / level, 4) for month, mean in means.items()} if level else None


def seasonal_trend(history: dict[Month, Decimal], months_ahead: int) -> list[float] | None:
    """Return index times line for the months after a history, or None where it has no season."""
    if (index := seasonal_index(history)) is None:
        return None
    months = sorted(history)
    indices = np.array([float(index[month % 12]) for month in months])
    design = np.column_stack([indices, indices * np.arange(len(months))])
    amounts = np.array([float(history[month]) for month in months])
    level, slope = np.linalg.lstsq(design, amounts, rcond=None)[0]
    return [
        max(level + slope * (len(months) - 1 + ahead), 0.0)
        * float(index[(months[-1] + ahead) % 12])
        for ahead in range(1, months_ahead + 1)
    ]


def poisson(history: dict[Month, Decimal], months_ahead: int) -> list[float] | None:
    """Return what a Poisson regression says of the months after a history.

    At the most likely growth, the months that are predicted too high and too low are of the same
    weight in time: it is found by halving. None where nothing was ever sold.
    """
    last = max(history)
    ahead = range(last + 1, last + 1 + months_ahead)
    amounts = {month: max(float(amount), 0.0) for month, amount in history.items()}
    if not any(amounts.values()):
        return None

    def predicted(growth: float, months: Iterable[Month]) -> dict[Month, float]:
        weights = {
            month: days_of(month) * math.exp(growth * (month - last))
            for month in [*amounts, *ahead]
        }
        levels = {
            number: sum(amounts[month] for month in amounts if month % 12 == number)
            / sum(weights[month] for month in amounts if month % 12 == number)
            for number in {month % 12 for month in amounts}
        }
        return {month: weights[month] * levels[month % 12] for month in months}

    low, high = -math.log(4) / 12, math.log(4) / 12
    for _ in range(60):
        growth = (low + high) / 2
        said = predicted(growth, amounts)
        is_too_low = sum((month - last) * (amounts[month] - said[month]) for month in amounts) > 0
        low, high = (growth, high) if is_too_low else (low, growth)
    return list(predicted(growth, ahead).values())


def days_of(month: Month) -> int:
    return (first_day(month + 1) - first_day(month)).days


# By the method, what it says of a month.
Said = dict[str, float | None]


@dataclass(frozen=True)
class Forecast:
    """What the methods said at an origin of a later month, beside what came."""

    origin: Month
    months_ahead: int
    actual: Decimal | None
    said: Said


def forecasts(history: dict[Month, Decimal], origins: int, horizon: int) -> list[Forecast]:
    """Return the forecast after the last month, and those that so many earlier months had made."""
    found = []
    last = max(history)
    for origin in range(last - origins, last + 1):
        known = {month: amount for month, amount in history.items() if month <= origin}
        is_long_enough = len(known) >= 24
        lines = seasonal_trend(known, horizon) if is_long_enough else None
        curves = poisson(known, horizon) if is_long_enough else None
        for ahead in range(1, horizon + 1):
            target = origin + ahead
            if origin != last and not (is_long_enough and target <= last):
                continue
            line = lines[ahead - 1] if lines else None
            curve = curves[ahead - 1] if curves else None
            before = history.get(target - 12)
            said: Said = {
                "seasonal_trend": line,
                "poisson": curve,
                "mean_of_both": None if line is None or curve is None else (line + curve) / 2,
                "naive": float(history[origin]) if is_long_enough else None,
                "seasonal_naive": float(before) if is_long_enough and before is not None else None,
            }
            found.append(Forecast(origin, ahead, history.get(target), said))
    return found


def habit(orders: Sequence[tuple[Month, str, Decimal]]) -> tuple[str, int, int]:
    """Tell a customer's habit from month, order and amount of each purchase.

    Returns:
        The habit, the orders in the main season, and all orders.
    """
    by_season: dict[str, set[tuple[Month, str]]] = defaultdict(set)
    spent: dict[str, Decimal] = defaultdict(Decimal)
    for month, order, amount in orders:
        by_season[season(month)].add((month, order))
        spent[season(month)] += amount
    years = {
        name: len({season_year(month) for month, _ in found}) for name, found in by_season.items()
    }
    main = min(
        by_season, key=lambda name: (-len(by_season[name]), -years[name], -spent[name], name)
    )
    in_main = len(by_season[main])
    total = sum(len(found) for found in by_season.values())
    if 4 * in_main < 3 * total:
        return "No one season", in_main, total
    if years[main] < 2:
        return "Single season", in_main, total
    return f"{'Only' if in_main == total else 'Mostly'} {main}", in_main, total
