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

    def __init__(self, days: Sequence[date], products: Products, customers: Customers) -> None:
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
        self._cents_by_month = np.zeros(len(self._months), dtype=np.int64)
        # The last of them are for UNKNOWN and NO_CUSTOMER, which count from the end.
        self._sales_by_product = np.zeros(len(products) + 1, dtype=np.int64)
        self._cents_by_product = np.zeros(len(products) + 1, dtype=np.int64)
        self._sales_by_customer = np.zeros(len(customers) + 2, dtype=np.int64)
        self._quantity = 0
        self._discount = self._cost = self._margin = 0
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
        self._discount += int((direction * sales.discount).sum())
        self._cost += int(cost.sum())
        self._margin += int((cents - cost)[sales.cost > 0].sum())
        month = self._month_of[sales.day]
        np.add.at(self._sales_by_month, month, sign)
        np.add.at(self._cents_by_month, month, cents)
        np.add.at(self._sales_by_product, sales.product, sign)
        np.add.at(self._cents_by_product, sales.product, cents)
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
            "revenue": _money(int(self._cents_by_month.sum())),
            "discount": _money(self._discount),
            "cost": _money(self._cost),
            "margin": _money(self._margin),
            "unknown_product": int(unknown_product),
            "unknown_customer": int(unknown_customer),
            "no_customer": int(self._sales_by_customer[NO_CUSTOMER]),
            "by_month": {
                month: {"sales": int(sales), "revenue": _money(int(cents))}
                for month, sales, cents in zip(
                    self._months, self._sales_by_month, self._cents_by_month, strict=True
                )
            },
            "revenue_by_category": self._revenue_by_category(),
        }

    def _revenue_by_category(self) -> dict[str, str]:
        category = np.where(self._category == _NOT_LISTED, len(CATEGORIES), self._category)
        cents = np.zeros(len(CATEGORIES) + 1, dtype=np.int64)
        np.add.at(cents, category, self._cents_by_product[: len(category)])
        cents[len(CATEGORIES)] += self._cents_by_product[UNKNOWN]
        names = [*(kind.name for kind in CATEGORIES), "Unknown"]
        return {name: _money(int(amount)) for name, amount in zip(names, cents, strict=True)}

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


def _money(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02}"
