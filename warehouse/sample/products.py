"""The shop's products: what they are, when they came, what they cost on which day."""

from dataclasses import dataclass
from itertools import product
from math import isqrt

import numpy as np
import pyarrow as pa

from warehouse.sample import text
from warehouse.sample.categories import CATEGORIES, SUPPLIER_FORMS, SUPPLIER_NAMES
from warehouse.sample.draws import Draws, Ints

ID_WIDTH = 5

# A price changes at most once in a period of so many days, with this chance in percent …
PRICE_PERIOD = 91
PRICE_CHANGES = 35
# … to something between these percentages of the old one.
PRICE_STEP = (93, 112)

# In percent of all products: those launched after the first day, and those that are listed in a
# wrong category until someone corrects it.
LAUNCHED_LATER = 18
MISFILED = 3

# The price, in cents, that halves how often a product is bought.
DEAR = 15_000

_NEVER = -1
_CATEGORY_NAMES = pa.array([category.name for category in CATEGORIES])


@dataclass(frozen=True)
class Products:
    """All products, ordered by the day they came; positions count from 0, ids from 1.

    Attributes:
        category: the right category, as a position in CATEGORIES.
        misfiled: the category they were first listed in, nearly always the same.
        corrected: the day on which that was mended, or -1.
        launched: the day they came.
        popularity: how often each is bought, as a weight within its category.
        prices: cents, by period and product, the last one after the last period.
        repriced: the day of each period on which the price of the next begins, or -1.
        names: their names.
        suppliers: their suppliers.
    """

    category: Ints
    misfiled: Ints
    corrected: Ints
    launched: Ints
    popularity: Ints
    prices: Ints
    repriced: Ints
    names: text.Text
    suppliers: text.Text

    def __len__(self) -> int:
        return len(self.category)

    def price_on(self, day: int) -> Ints:
        """List prices in cents."""
        period = day // PRICE_PERIOD
        before: Ints = self.prices[period]
        after: Ints = self.prices[period + 1]
        changed_on: Ints = self.repriced[period]
        return np.where((changed_on != _NEVER) & (changed_on <= day), after, before)

    def category_on(self, day: int) -> Ints:
        """The categories as listed on a day."""
        still_wrong = (self.corrected != _NEVER) & (day < self.corrected)
        return np.where(still_wrong, self.misfiled, self.category)

    def listed_on(self, day: int) -> Ints:
        """The products that the day's file holds: those that came or changed."""
        changed = (self.repriced[day // PRICE_PERIOD] == day) | (self.corrected == day)
        return np.flatnonzero((self.launched == day) | (changed & (self.launched < day)))

    def columns(self, day: int, listed: Ints) -> list[text.Text]:
        """The columns of `product_data`, clean."""
        return [
            text.numbered("P", listed + 1, ID_WIDTH),
            _CATEGORY_NAMES.take(self.category_on(day)[listed]),
            self.names.take(listed),
            self.suppliers.take(listed),
            text.money(self.price_on(day)[listed]),
        ]


def make_products(rows: int, days: int, draws: Draws) -> Products:
    """Make as many products as a shop of `rows` sales lines has: about 400 for 100,000."""
    count = max(isqrt(rows) * 5 // 4, 3 * len(CATEGORIES))
    category = np.arange(count, dtype=np.int64) % len(CATEGORIES)
    # The first of each category is there from the first day, so that no category is ever empty.
    later = (draws.below(100, count) < LAUNCHED_LATER) & (np.arange(count) >= len(CATEGORIES))
    launched = np.sort(np.where(later, draws.below(days, count), 0))
    misfiled, corrected = _misfile(category, launched, days, draws)
    names, first_prices = _name_and_price(category, draws)
    prices, repriced = _change_prices(first_prices, days, draws)
    return Products(
        category=category,
        misfiled=misfiled,
        corrected=corrected,
        launched=launched,
        popularity=_popularity(category, first_prices, draws),
        prices=prices,
        repriced=repriced,
        names=names,
        suppliers=_suppliers(category, draws),
    )


def _misfile(category: Ints, launched: Ints, days: int, draws: Draws) -> tuple[Ints, Ints]:
    count = len(category)
    wrong = draws.below(100, count) < MISFILED
    other = (category + 1 + draws.below(len(CATEGORIES) - 1, count)) % len(CATEGORIES)
    corrected = launched + 1 + draws.below(np.maximum(days - launched - 1, 1), count)
    wrong &= corrected < days
    return np.where(wrong, other, category), np.where(wrong, corrected, _NEVER)


def _popularity(category: Ints, prices: Ints, draws: Draws) -> Ints:
    """Weights by rank, so that few products make most sales; what is dear sells less often.

    They fall with the rank to the power of 1.5.
    """
    weights = np.empty(len(category), dtype=np.int64)
    for group in range(len(CATEGORIES)):
        members = np.flatnonzero(category == group)
        rank = draws.order(len(members)) + 4
        # A square root is exact to the last bit everywhere (IEEE 754); a power is not.
        chosen = (1_000_000_000 / (rank * np.sqrt(rank))).astype(np.int64)
        weights[members] = chosen // (DEAR + prices[members])
    return weights


def _name_and_price(category: Ints, draws: Draws) -> tuple[text.Text, Ints]:
    names = np.empty(len(category), dtype=object)
    prices = np.empty(len(category), dtype=np.int64)
    for group, kind in enumerate(CATEGORIES):
        members = np.flatnonzero(category == group)
        words = list(product(kind.adjectives, kind.nouns, kind.variants))
        order = draws.order(len(words))
        within = draws.below(100, len(members))
        for number, member in enumerate(members):
            series, position = divmod(number, len(words))
            adjective, noun, variant = words[order[position]]
            names[member] = f"{adjective} {noun}, {variant}"
            # Half of the variants follow a plain space: not every name needs quotes in a CSV file.
            if position % 2:
                names[member] = f"{adjective} {noun} {variant}"
            if series:
                names[member] += f" (series {series + 1})"
            low, high = kind.nouns[noun]
            prices[member] = low * 100 + (high - low) * int(within[number])
    return pa.array(names, pa.string()), _charming(prices)


def _change_prices(first: Ints, days: int, draws: Draws) -> tuple[Ints, Ints]:
    periods = (days + PRICE_PERIOD - 1) // PRICE_PERIOD
    prices = np.empty((periods + 1, len(first)), dtype=np.int64)
    repriced = np.full((periods, len(first)), _NEVER, dtype=np.int64)
    prices[0] = first
    low, high = PRICE_STEP
    for period in range(periods):
        step = low + draws.below(high - low + 1, len(first))
        new = _charming(prices[period] * step // 100)
        start = period * PRICE_PERIOD
        day = start + draws.below(PRICE_PERIOD, len(first))
        changes = (draws.below(100, len(first)) < PRICE_CHANGES) & (new != prices[period])
        # The price of the first day is the first price, and the last period may be a short one.
        changes &= (day > 0) & (day < days)
        repriced[period] = np.where(changes, day, _NEVER)
        prices[period + 1] = np.where(changes, new, prices[period])
    return prices, repriced


def _charming(cents: Ints) -> Ints:
    """Prices that end in 49 or 99; the cheap ones in 9."""
    step = np.where(cents < 1000, 10, 50)
    return np.maximum(cents // step * step + step - 1, 99)


def _suppliers(category: Ints, draws: Draws) -> text.Text:
    count = len(category)
    pool = [form.format(name) for form, name in product(SUPPLIER_FORMS, SUPPLIER_NAMES)]
    # A supplier serves one category or two: each category buys from a stretch of the pool.
    stretch = min(4 + count // 100, len(pool) // len(CATEGORIES) * 2)
    order = draws.order(len(pool))
    position = category * len(pool) // len(CATEGORIES) + draws.below(stretch, count)
    return pa.array([pool[order[at % len(pool)]] for at in position])
