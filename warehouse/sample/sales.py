"""What happens in the shop, day by day: sales, returns and corrections."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from warehouse.sample.categories import AGE_BANDS, CATEGORIES, GENDERS
from warehouse.sample.customers import Customers
from warehouse.sample.demand import Demand, seconds_of_day
from warehouse.sample.draws import Draws, Ints
from warehouse.sample.products import Products
from warehouse.sample.stores import choose_stores

# How many lines a visit ends with: how often 1, 2, 3, … in percent.
BASKETS = (58, 23, 11, 5, 3)

# Some customers have a voucher: how many lines, in percent, and percent off.
VOUCHERS = 4
VOUCHER = 10

# Some lines are sold below their price, which the file tells: how many in percent.
DISCOUNTED = 6

# Of so many products in percent the cost is known; it is so many percent of the list price.
COST_KNOWN = 90
COST = (45, 75)

# Days until a return, and until a correction; the corrections of a day are drawn from the list.
RETURN_DAYS = (2, 28)
CORRECTION_DAYS = (0, 0, 0, 0, 0, 1, 1, 1, 2, 3, 5, 6)

# Instead of a position: what no file holds, and what is not there.
UNKNOWN = -1
NO_CUSTOMER = -2

LAST_SECOND = 24 * 3600 - 1


@dataclass(frozen=True)
class Sales:
    """Sales lines, as columns.

    Attributes:
        number: the number in the sale id.
        day: the day it was sold, counted from the first.
        second: the second of that day.
        product: a position in Products, or UNKNOWN.
        quantity: pieces, below zero for a return.
        cents: the unit price.
        off: what the line is sold below it, in percent.
        cost: what a piece cost the shop, in cents; 0 where that is not known.
        customer: a position in Customers, UNKNOWN or NO_CUSTOMER.
        store: a position in STORES; prices and costs are in its currency.
        arrival: the second of the day at which the line was written to the day's file.
        contested: other lines have the same sale id.
    """

    number: Ints
    day: Ints
    second: Ints
    product: Ints
    quantity: Ints
    cents: Ints
    off: Ints
    cost: Ints
    customer: Ints
    store: Ints
    arrival: Ints
    contested: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.number)

    @property
    def discount(self) -> Ints:
        """What is taken off the price of all pieces, in cents, above zero."""
        discount: Ints = np.abs(self.quantity) * self.cents * self.off // 100
        return discount

    def take(self, positions: Ints | NDArray[np.bool_]) -> Self:
        """The lines at some positions, or those of a mask."""
        return type(self)(*(getattr(self, field.name)[positions] for field in fields(self)))

    @classmethod
    def stack(cls, parts: Sequence[Self]) -> Self:
        """Put lines below one another."""
        return cls(
            *(
                np.concatenate([getattr(part, field.name) for part in parts])
                for field in fields(cls)
            )
        )

    @classmethod
    def none(cls) -> Self:
        """No lines."""
        columns: dict[str, Any] = {field.name: np.empty(0, np.int64) for field in fields(cls)}
        return cls(**columns | {"contested": np.empty(0, np.bool_)})


class Waiting:
    """Sales lines that will come on a later day, or later on the same day."""

    def __init__(self, last_day: int) -> None:
        self._last_day = last_day
        self._due = np.empty(0, dtype=np.int64)
        self._sales = Sales.none()

    def add(self, sales: Sales, day: int, delay: Ints) -> None:
        """Let lines of `day` wait, but not beyond the last day."""
        due = day + delay % (self._last_day - day + 1)
        self._due = np.concatenate([self._due, due])
        self._sales = Sales.stack([self._sales, sales])

    def due_on(self, day: int) -> Sales:
        """Take out the lines of a day."""
        due = self._due == day
        ready = self._sales.take(due)
        self._due = self._due[~due]
        self._sales = self._sales.take(~due)
        return ready


class Shop:
    """Makes the lines of one day after the other; sale ids count on in the order of time."""

    def __init__(
        self, demand: Demand, products: Products, customers: Customers, costs: Draws
    ) -> None:
        self._demand = demand
        self._products = products
        self._customers = customers
        self._taste = _taste()
        known = costs.below(100, len(products)) < COST_KNOWN
        low, high = COST
        part = low + costs.below(high - low + 1, len(products))
        self._cost_percent = np.where(known, part, 0)
        self._sold = 0
        last_day = len(demand.days) - 1
        self._returns = Waiting(last_day)
        self._corrections = Waiting(last_day)

    def open_on(
        self,
        day: int,
        *,
        new: int,
        returned: int,
        corrected: int,
        draws: Draws,
        discounts: Draws,
        stores: Draws,
    ) -> Sales:
        """Make the lines of a day's file.

        Args:
            day: the day, counted from the first; days come in order.
            new: how many sales are made.
            returned: how many of them will be returned.
            corrected: how many of them will come again with another quantity or price.
            draws: the day's own stream.
            discounts: that of its discounts.
            stores: that of its stores.
        """
        sales = self._sell(day, new, draws, discounts, stores)
        self._expect_returns(sales.take(draws.sample(new, returned)), day, draws)
        sales = Sales.stack([sales, self._take_back(day, draws)])
        sales = sales.take(np.argsort(sales.second, kind="stable"))
        sales = replace(sales, number=self._sold + 1 + np.arange(len(sales), dtype=np.int64))
        self._sold += len(sales)

        chosen = np.flatnonzero(sales.quantity > 0)[draws.sample(new, corrected)]
        sales.contested[chosen] = True
        self._expect_corrections(sales.take(chosen), day, draws)
        sales = Sales.stack([sales, self._correct(day, draws)])
        return sales.take(np.argsort(sales.arrival, kind="stable"))

    def _sell(self, day: int, count: int, draws: Draws, discounts: Draws, stores: Draws) -> Sales:
        basket = 1 + draws.pick(np.cumsum(BASKETS, dtype=np.int64), count)
        visits = int(np.searchsorted(np.cumsum(basket), count)) + 1 if count else 0
        second = np.sort(seconds_of_day(self._demand.hours(day), draws, visits))
        visitor = self._customers.visitors(day, visits, draws)[draws.order(visits)]
        visit = np.repeat(np.arange(visits, dtype=np.int64), basket[:visits])[:count]
        customer, second = visitor[visit], second[visit]

        category = self._choose_category(day, customer, draws)
        product = self._choose_product(day, category, draws)
        voucher = np.where(draws.below(100, count) < VOUCHERS, VOUCHER, 0)
        discount = np.maximum(self._demand.discount[day][category], voucher)
        price = self._products.price_on(day)[product]
        off = 5 * (1 + discounts.below(4, count))
        return Sales(
            number=np.zeros(count, dtype=np.int64),
            day=np.full(count, day, dtype=np.int64),
            second=second,
            product=product,
            quantity=_quantities(category, draws),
            cents=price * (100 - discount) // 100,
            off=np.where(discounts.below(100, count) < DISCOUNTED, off, 0),
            cost=price * self._cost_percent[product] // 100,
            customer=customer,
            store=choose_stores(visits, stores)[visit],
            arrival=second,
            contested=np.zeros(count, dtype=np.bool_),
        )

    def _choose_category(self, day: int, customer: Ints, draws: Draws) -> Ints:
        weights = np.cumsum(self._taste * self._demand.mix[day])
        ends = weights[len(CATEGORIES) - 1 :: len(CATEGORIES)]
        starts = np.concatenate([[0], ends[:-1]])
        segment = self._customers.segment(customer, day)
        chosen = draws.pick_between(weights, starts[segment], ends[segment])
        return chosen % len(CATEGORIES)

    def _choose_product(self, day: int, category: Ints, draws: Draws) -> Ints:
        on_sale = np.flatnonzero(self._products.launched <= day)
        on_sale = on_sale[np.argsort(self._products.category[on_sale], kind="stable")]
        weights = np.cumsum(self._products.popularity[on_sale])
        groups = np.arange(len(CATEGORIES) + 1)
        edges = np.searchsorted(self._products.category[on_sale], groups)
        reached = np.concatenate([[0], weights])[edges]
        return on_sale[draws.pick_between(weights, reached[category], reached[category + 1])]

    def _expect_returns(self, sales: Sales, day: int, draws: Draws) -> None:
        low, high = RETURN_DAYS
        # Most bring all pieces back, some a part.
        part = 1 + draws.below(sales.quantity, len(sales))
        whole = draws.below(100, len(sales)) < 85
        back = replace(sales, quantity=-np.where(whole, sales.quantity, part))
        self._returns.add(back, day, low + draws.below(high - low + 1, len(sales)))

    def _take_back(self, day: int, draws: Draws) -> Sales:
        back = self._returns.due_on(day)
        second = seconds_of_day(self._demand.hours(day), draws, len(back))
        # Nothing is returned before it was sold.
        second = np.where(back.day == day, np.maximum(second, back.second), second)
        return replace(back, day=np.full(len(back), day), second=second, arrival=second)

    def _expect_corrections(self, sales: Sales, day: int, draws: Draws) -> None:
        count = len(sales)
        of_quantity = draws.below(2, count) == 0
        other = np.where(sales.quantity > 1, sales.quantity - 1, 2 + draws.below(2, count))
        lower = sales.cents * (80 + draws.below(16, count)) // 100
        corrected = replace(
            sales,
            quantity=np.where(of_quantity, other, sales.quantity),
            cents=np.where(of_quantity, sales.cents, lower),
        )
        delay = np.array(CORRECTION_DAYS, dtype=np.int64)
        self._corrections.add(corrected, day, delay[draws.below(len(delay), count)])

    def _correct(self, day: int, draws: Draws) -> Sales:
        corrections = self._corrections.due_on(day)
        soon = corrections.second + draws.below(3 * 3600, len(corrections))
        someday = seconds_of_day(self._demand.hours(day), draws, len(corrections))
        arrival = np.where(corrections.day == day, np.minimum(soon, LAST_SECOND), someday)
        return replace(corrections, arrival=arrival)


def _taste() -> Ints:
    """How much each group of gender and age likes each category, in percent."""
    return np.array(
        [
            [category.by_gender[gender] * category.by_age[age] // 100 for category in CATEGORIES]
            for gender in range(len(GENDERS))
            for age in range(len(AGE_BANDS) + 1)
        ],
        dtype=np.int64,
    )


def _quantities(category: Ints, draws: Draws) -> Ints:
    most = max(len(kind.quantities) for kind in CATEGORIES)
    weights = np.zeros((len(CATEGORIES), most), dtype=np.int64)
    for row, kind in zip(weights, CATEGORIES, strict=True):
        row[: len(kind.quantities)] = kind.quantities
    cumulative = np.cumsum(weights)
    ends = cumulative[most - 1 :: most]
    starts = ends - weights.sum(axis=1)
    return draws.pick_between(cumulative, starts[category], ends[category]) % most + 1
