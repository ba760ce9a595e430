"""The truth about the files: what a warehouse that reads them right must find.

The rules:

* A sales line is rejected if its sale id or product id is missing, its date is missing or cannot be
  read, its quantity is missing, cannot be read or is zero, or its price is missing, cannot be read
  or is below zero. All others are accepted; unknown products and customers are no reason.
* Among the accepted lines of a sale id, the last one is current, by the date of the file, then by
  the line. The others are superseded.
* A product or customer line is rejected only if its id is missing. The last line of an id is
  current; what is missing or cannot be read in it is unknown, even if an earlier line knew it.
* Ids are compared without spaces around them and without regard to letter case.
* Revenue is quantity times price less the discount, which has no sign in the files: a return's
  lessens the refund. The margin is the revenue less the cost, of the lines that tell that.
* Amounts are in the currency of the sale's store. What adds them up brings each by the last rate
  known on its day into the shop's own currency, to four places, half away from zero.
* A sale belongs to the category of its product's current line, else to the category Unknown.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np

from warehouse.sample import dirt
from warehouse.sample.categories import CATEGORIES, GENDERS
from warehouse.sample.customers import Customers
from warehouse.sample.draws import Ints
from warehouse.sample.lines import CUSTOMERS_DIRT, PRODUCTS_DIRT, SALES_DIRT, Lines
from warehouse.sample.products import Products
from warehouse.sample.sales import CORRECTION_DAYS, NO_CUSTOMER, UNKNOWN, Sales
from warehouse.sample.stores import CURRENCIES, OWN, STORES, Rates, currency_of, store_ids

# A sale id comes again at most so many days after the sale: a correction, then its copy.
_REACH = max(CORRECTION_DAYS) + 1

_NOT_LISTED = -1

Count = dict[str, int]


class FileLedger:
    """Counts the lines of one kind of file."""

    def __init__(self, spoiler: dirt.Spoiler) -> None:
        self._spoiler = spoiler
        self._kinds = np.zeros(len(spoiler.kinds) + 1, dtype=np.int64)
        self.lines = 0
        self.rejected = 0
        self.repeated = 0

    def add(self, lines: Lines) -> None:
        """Count the lines of a file."""
        self.lines += len(lines)
        self.rejected += int(lines.rejected.sum())
        self.repeated += int(lines.repeated.sum())
        self._kinds += np.bincount(lines.codes.ravel(), minlength=len(self._kinds))

    @property
    def dirt(self) -> Count:
        """Lines by kind of dirt."""
        kinds = {
            kind.name: int(found)
            for kind, found in zip(self._spoiler.kinds, self._kinds[1:], strict=True)
        }
        return kinds | {"repeated_line": self.repeated}

    @property
    def rejected_by_reason(self) -> Count:
        """Lines by reason; a line may have several."""
        return {kind.name: self.dirt[kind.name] for kind in self._spoiler.kinds if kind.rejects}


class Ledger:
    """Follows all files and knows what is current in the end."""

    def __init__(
        self, days: Sequence[date], products: Products, customers: Customers, rates: Rates
    ) -> None:
        self.sales_lines = FileLedger(SALES_DIRT)
        self.product_lines = FileLedger(PRODUCTS_DIRT)
        self.customer_lines = FileLedger(CUSTOMERS_DIRT)
        self._products = products
        self._customers = customers
        self._category = np.full(len(products), _NOT_LISTED, dtype=np.int64)
        self._gender = np.full(len(customers), _NOT_LISTED, dtype=np.int64)

        self._months = sorted({f"{day:%Y-%m}" for day in days})
        position = {month: number for number, month in enumerate(self._months)}
        self._month_of = np.array([position[f"{day:%Y-%m}"] for day in days], dtype=np.int64)
        self._sales_by_month = np.zeros(len(self._months), dtype=np.int64)
        self._cents_by_month = _by_currency(len(self._months))
        # The last of them are for UNKNOWN and NO_CUSTOMER, which count from the end.
        self._sales_by_product = np.zeros(len(products) + 1, dtype=np.int64)
        self._cents_by_product = _by_currency(len(products) + 1)
        self._sales_by_customer = np.zeros(len(customers) + 2, dtype=np.int64)
        self._quantity = 0
        self._sales_by_store = np.zeros(len(STORES), dtype=np.int64)
        self._cents_by_store = _by_currency(len(STORES))
        self._rates = rates.by_day
        # In ten-thousandths.
        self._in_own_currency = 0
        self._discount, self._cost, self._margin = (
            np.zeros(len(CURRENCIES), dtype=np.int64) for _ in range(3)
        )
        self._returns = 0
        self.returned_lines = 0
        self._superseded = 0
        self._contested = Sales.none()

    def add_products(self, day: int, lines: Lines, listed: Ints) -> None:
        """Follow the day's product file; `listed` says which product each line is about."""
        self.product_lines.add(lines)
        missing = (lines.codes == PRODUCTS_DIRT.code("category_missing")).any(axis=1)
        category = np.where(missing, len(CATEGORIES), self._products.category_on(day)[listed])
        self._category[listed[~lines.rejected]] = category[~lines.rejected]

    def add_customers(self, lines: Lines, listed: Ints) -> None:
        """Follow the day's customer file; `listed` says which customer each line is about."""
        self.customer_lines.add(lines)
        missing = (lines.codes == CUSTOMERS_DIRT.code("gender_missing")).any(axis=1)
        gender = np.where(missing, len(GENDERS), self._customers.gender[listed])
        self._gender[listed[~lines.rejected]] = gender[~lines.rejected]

    def add_sales(self, day: int, lines: Lines, sales: Sales) -> None:
        """Follow the day's sales file."""
        self.sales_lines.add(lines)
        in_quantity = lines.codes[:, [dirt.SALES_COLUMNS.index("quantity")]]
        self.returned_lines += int(((sales.quantity < 0) & ~SALES_DIRT.rejected(in_quantity)).sum())
        accepted = sales.take(~lines.rejected)
        self._count(accepted, 1)
        # Only lines whose id comes again can be superseded, and only for some days.
        versions = Sales.stack([self._contested, accepted.take(accepted.contested)])
        _, from_behind = np.unique(versions.number[::-1], return_index=True)
        current = np.zeros(len(versions), dtype=np.bool_)
        current[len(versions) - 1 - from_behind] = True
        self._count(versions.take(~current), -1)
        self._superseded += int((~current).sum())
        self._contested = versions.take(current & (versions.day + _REACH >= day))

    def _count(self, sales: Sales, sign: int) -> None:
        direction = sign * np.sign(sales.quantity)
        cents = sign * sales.quantity * sales.cents - direction * sales.discount
        cost = sign * sales.quantity * sales.cost
        currency = currency_of(sales.store)
        np.add.at(self._discount, currency, direction * sales.discount)
        np.add.at(self._cost, currency, cost)
        np.add.at(self._margin, currency, np.where(sales.cost > 0, cents - cost, 0))
        month = self._month_of[sales.day]
        np.add.at(self._sales_by_month, month, sign)
        np.add.at(self._cents_by_month, (currency, month), cents)
        np.add.at(self._sales_by_product, sales.product, sign)
        np.add.at(self._cents_by_product, (currency, sales.product), cents)
        np.add.at(self._sales_by_store, sales.store, sign)
        np.add.at(self._cents_by_store, (currency, sales.store), cents)
        # Cents by ten-thousandths, of which the last two places go.
        changed = np.sign(cents) * ((np.abs(cents) * self._rates[sales.day] + 50) // 100)
        self._in_own_currency += int(np.where(currency == OWN, 100 * cents, changed).sum())
        np.add.at(self._sales_by_customer, sales.customer, sign)
        self._quantity += sign * int(sales.quantity.sum())
        self._returns += sign * int((sales.quantity < 0).sum())

    def sales(self) -> dict[str, object]:
        """What is expected of the sales."""
        listed = self._category != _NOT_LISTED
        known = self._gender != _NOT_LISTED
        # Some are in no file because their only lines are rejected.
        unknown_customer = (
            self._sales_by_customer[UNKNOWN] + self._sales_by_customer[: len(known)][~known].sum()
        )
        unknown_product = (
            self._sales_by_product[UNKNOWN] + self._sales_by_product[: len(listed)][~listed].sum()
        )
        return {
            "lines": self.sales_lines.lines,
            "rejected": self.sales_lines.rejected,
            "rejected_by_reason": self.sales_lines.rejected_by_reason,
            "superseded": self._superseded,
            "current": int(self._sales_by_month.sum()),
            "returns": self._returns,
            "quantity": self._quantity,
            "revenue": _money_by_currency(self._cents_by_month.sum(axis=1)),
            "discount": _money_by_currency(self._discount),
            "cost": _money_by_currency(self._cost),
            "margin": _money_by_currency(self._margin),
            f"revenue_in_{CURRENCIES[OWN].lower()}": _decimal(self._in_own_currency, 4),
            "unknown_product": int(unknown_product),
            "unknown_customer": int(unknown_customer),
            "no_customer": int(self._sales_by_customer[NO_CUSTOMER]),
            "by_month": {
                month: {"sales": int(sales), "revenue": _money_by_currency(cents)}
                for month, sales, cents in zip(
                    self._months, self._sales_by_month, self._cents_by_month.T, strict=True
                )
            },
            "by_store": {
                store: {"sales": int(sales), "revenue": _money_by_currency(cents)}
                for store, sales, cents in zip(
                    store_ids(np.arange(len(STORES), dtype=np.int64)).to_pylist(),
                    self._sales_by_store,
                    self._cents_by_store.T,
                    strict=True,
                )
            },
            "revenue_by_category": self._revenue_by_category(),
        }

    def _revenue_by_category(self) -> dict[str, dict[str, str]]:
        category = np.where(self._category == _NOT_LISTED, len(CATEGORIES), self._category)
        cents = _by_currency(len(CATEGORIES) + 1)
        for own, found in zip(cents, self._cents_by_product, strict=True):
            np.add.at(own, category, found[: len(category)])
            own[len(CATEGORIES)] += found[UNKNOWN]
        names = [*(kind.name for kind in CATEGORIES), "Unknown"]
        return {
            name: _money_by_currency(amounts) for name, amounts in zip(names, cents.T, strict=True)
        }

    def products(self) -> dict[str, object]:
        """What is expected of the products."""
        names = [*(kind.name for kind in CATEGORIES), "Unknown"]
        return _members(self.product_lines, self._category, "by_category", names)

    def customers(self) -> dict[str, object]:
        """What is expected of the customers."""
        return _members(self.customer_lines, self._gender, "by_gender", [*GENDERS, "unknown"])


def _members(ledger: FileLedger, current: Ints, by: str, names: Sequence[str]) -> dict[str, object]:
    found = np.bincount(current[current != _NOT_LISTED], minlength=len(names))
    return {
        "lines": ledger.lines,
        "rejected": ledger.rejected,
        "rejected_by_reason": ledger.rejected_by_reason,
        "superseded": ledger.lines - ledger.rejected - int(found.sum()),
        "current": int(found.sum()),
        by: dict(zip(names, found.tolist(), strict=True)),
    }


def _by_currency(count: int) -> Ints:
    return np.zeros((len(CURRENCIES), count), dtype=np.int64)


def _money_by_currency(cents: Ints) -> dict[str, str]:
    return {
        currency: _decimal(int(amount), 2)
        for currency, amount in zip(CURRENCIES, cents, strict=True)
    }


def _decimal(units: int, places: int) -> str:
    whole, rest = divmod(abs(units), 10**places)
    return f"{'-' if units < 0 else ''}{whole}.{rest:0{places}}"
