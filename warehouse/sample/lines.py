"""The lines of the day's files: what happened in the shop, as text, with its dirt."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from warehouse.sample import dirt, text
from warehouse.sample.customers import Customers
from warehouse.sample.draws import Draws, Ints
from warehouse.sample.products import ID_WIDTH as PRODUCT_ID_WIDTH
from warehouse.sample.products import Products
from warehouse.sample.sales import NO_CUSTOMER, UNKNOWN, Sales
from warehouse.sample.stores import (
    CURRENCIES,
    OWN,
    Rates,
    currency_codes,
    currency_of,
    store_columns,
    store_ids,
)

SALES_DIRT = dirt.Spoiler(dirt.SALES_COLUMNS, dirt.SALES)
PRODUCTS_DIRT = dirt.Spoiler(dirt.PRODUCT_COLUMNS, dirt.PRODUCTS)
CUSTOMERS_DIRT = dirt.Spoiler(dirt.CUSTOMER_COLUMNS, dirt.CUSTOMERS)


@dataclass(frozen=True)
class Lines:
    """Lines of a file.

    Attributes:
        text: the lines themselves.
        codes: what is dirty in them, by column (see `dirt.Spoiler`).
        rejected: which of them must not be accepted.
        repeated: which of them are copies of earlier lines.
    """

    text: text.Text
    codes: dirt.Codes
    rejected: NDArray[np.bool_]
    repeated: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.text)

    def take(self, positions: Ints) -> "Lines":
        """The lines at some positions."""
        return Lines(
            self.text.take(positions),
            self.codes[positions],
            self.rejected[positions],
            self.repeated[positions],
        )

    def repeat(self, positions: Ints) -> "Lines":
        """Copies of the lines at some positions."""
        return replace(self.take(positions), repeated=np.ones(len(positions), np.bool_))

    @staticmethod
    def stack(parts: Sequence["Lines"]) -> "Lines":
        """Put lines below one another."""
        return Lines(
            text.stack([part.text for part in parts]),
            np.concatenate([part.codes for part in parts]),
            np.concatenate([part.rejected for part in parts]),
            np.concatenate([part.repeated for part in parts]),
        )


def _write(columns: Sequence[text.Text], spoiler: dirt.Spoiler, draws: Draws) -> Lines:
    return _join(*spoiler.spoil(columns, draws), spoiler)


def _join(columns: Sequence[text.Text], codes: dirt.Codes, spoiler: dirt.Spoiler) -> Lines:
    rejected = spoiler.rejected(codes)
    return Lines(text.lines(columns), codes, rejected, np.zeros(len(codes), np.bool_))


def _clean(columns: Sequence[text.Text]) -> Lines:
    count = len(columns[0])
    nothing = np.zeros(count, np.bool_)
    return Lines(text.lines(columns), np.zeros((count, 1), np.uint8), nothing, nothing)


def _order_with_repeats(count: int, after: Ints, draws: Draws) -> Ints:
    """The order of `count` lines and the repeats below them, when each moves up behind a line.

    Half of the repeats stand right behind the line in `after`, the others anywhere below it.
    """
    anywhere = draws.below(2, len(after)) * draws.below(count - after, len(after))
    keys = np.concatenate([2 * np.arange(count), 2 * (after + anywhere) + 1])
    return np.argsort(keys, kind="stable")


def product_lines(products: Products, day: int, draws: Draws) -> tuple[Lines, Ints]:
    """The lines of the day's product file, and which product each is about."""
    listed = products.listed_on(day)
    lines = _write(products.columns(day, listed), PRODUCTS_DIRT, draws)
    return _repeat_some(lines, listed, dirt.REPEATED_PRODUCT, draws)


def customer_lines(customers: Customers, day: int, draws: Draws) -> tuple[Lines, Ints]:
    """The lines of the day's customer file, and which customer each is about."""
    listed = customers.listed_on(day)
    lines = _write(customers.columns(day, listed), CUSTOMERS_DIRT, draws)
    return _repeat_some(lines, listed, dirt.REPEATED_CUSTOMER, draws)


def store_lines(first: date, draws: Draws) -> Lines:
    """The lines of the one file of stores."""
    return _clean(store_columns(first, draws))


def rate_lines(rates: Rates, day: date) -> Lines:
    """The lines of the file of exchange rates that comes on a day, maybe none."""
    return _clean(rates.columns(rates.told_in_month(day)))


def _repeat_some(
    lines: Lines, listed: Ints, kind: dirt.ExtraLine, draws: Draws
) -> tuple[Lines, Ints]:
    count = len(listed)
    repeated = np.flatnonzero(draws.below(dirt.PER, count) < kind.share)
    order = _order_with_repeats(count, repeated, draws)
    lines = Lines.stack([lines, lines.repeat(repeated)])
    return lines.take(order), np.concatenate([listed, listed[repeated]])[order]


class SalesWriter:
    """Writes the lines of one day's sales file after the other."""

    def __init__(self, days: text.Text, *, sale_id_width: int, customer_id_width: int) -> None:
        self._days = days
        self._sale_id_width = sale_id_width
        self._customer_id_width = customer_id_width
        self._held_sales = Sales.none()
        self._held_lines: Lines | None = None

    def write(
        self, sales: Sales, *, repeated: int, last: bool, draws: Draws
    ) -> tuple[Lines, Sales]:
        """Write a day's sales.

        Args:
            sales: what is new in the day's file, in its order.
            repeated: how many of its lines come again, in this file or in the next.
            last: no file will follow.
            draws: the day's own stream.

        Returns:
            The lines, and the sales as they stand in them, unknown products and all.
        """
        spoilt, codes = SALES_DIRT.spoil(self._columns(sales), draws)
        price = dirt.SALES_COLUMNS.index("unit_price")
        spoilt[price] = _with_own_sign(spoilt[price], sales.store)
        lines = _join([*spoilt, *_clean_columns(sales)], codes, SALES_DIRT)
        sales = _as_written(sales, lines.codes)
        count = len(sales)
        chosen = draws.sample(count, repeated)
        sales.contested[chosen] = True
        at_once = (draws.below(2, repeated) == 0) | last
        now, later = chosen[at_once], chosen[~at_once]

        held_sales, held_lines = self._held_sales, self._held_lines
        if held_lines is None:
            held_lines = lines.repeat(later[:0])
        self._held_sales = sales.take(later)
        self._held_lines = lines.repeat(later)

        anywhere = draws.below(max(count, 1), len(held_lines))
        order = _order_with_repeats(count, np.concatenate([now, anywhere]), draws)
        sales = Sales.stack([sales, sales.take(now), held_sales])
        lines = Lines.stack([lines, lines.repeat(now), held_lines])
        return lines.take(order), sales.take(order)

    def _columns(self, sales: Sales) -> list[text.Text]:
        return [
            text.numbered("S", sales.number, self._sale_id_width),
            text.moments(self._days, sales.day, sales.second),
            text.numbered("P", sales.product + 1, PRODUCT_ID_WIDTH),
            text.plain(sales.quantity),
            text.money(sales.cents),
            text.numbered("C", sales.customer + 1, self._customer_id_width),
        ]


def _clean_columns(sales: Sales) -> list[text.Text]:
    return [
        text.money_or_blank(sales.discount),
        text.money_or_blank(np.abs(sales.quantity) * sales.cost),
        store_ids(sales.store),
        currency_codes(sales.store),
    ]


def _with_own_sign(prices: text.Text, store: Ints) -> text.Text:
    """The prices, with the code of the other currency where the sign of the shop's own is wrong."""
    foreign = pa.array(currency_of(store) != OWN)
    return pc.if_else(foreign, pc.replace_substring(prices, "€", f"{CURRENCIES[1]} "), prices)


def _as_written(sales: Sales, codes: dirt.Codes) -> Sales:
    product = codes[:, dirt.SALES_COLUMNS.index("product_id")]
    customer = codes[:, dirt.SALES_COLUMNS.index("customer_id")]
    missing, unknown = (
        customer == SALES_DIRT.code(f"customer_id_{kind}") for kind in ("missing", "unknown")
    )
    return replace(
        sales,
        product=np.where(product == SALES_DIRT.code("product_id_unknown"), UNKNOWN, sales.product),
        customer=np.select([missing, unknown], [NO_CUSTOMER, UNKNOWN], sales.customer),
    )
