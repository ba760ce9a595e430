"""Which columns of a source play which parts, how they are written, and what is left to choose."""

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from warehouse.new_source import amounts, kinds, roles
from warehouse.new_source.sample import Sample

_DAY, _MONTH = "day", "month"

# What databases write behind a day that has no time.
_MIDNIGHT = re.compile(r" 0?0:00(:00)?(\.0+)?$")

# What a sales file may tell of a customer beside the number.
OF_CUSTOMERS = ("age", "birthday", "gender", "city", "registration_date")

_OF_CUSTOMER = re.compile("customer|client|buyer|kunde")

# A sale line's number is repeated by a correction now and then, an order's by its further lines.
_LEAST_DISTINCT = 0.95


# What the user is to choose where no column is found.
_CHOICES = {
    "customer_id": "the column with the number of the customer, as the sales files have it.",
    "product_id": "the column that tells the product, in all files by the same number.",
    "currency": "the column with the currency, or one for all lines as \"'EUR'\".",
    "rate_date": "the column with the day of the rate.",
    "from_currency": "the currency of which one is changed: a column, or one for all as \"'USD'\".",
    "to_currency": "the currency of which that makes the rate: a column, or \"'USD'\".",
    "rate": "the column with what one from_currency is in to_currency.",
    "store_id": "the column with the number of the store, as the sales files have it.",
    "sold_at": "the column with the day, or the day and the time, of the sale.",
    "quantity": "the column with the number of pieces, below zero for a return.",
    "unit_price": "the column with the price of one piece; not that of the line.",
    "discount": "money of the line (discount), or a part of the price (discount_share).",
    "cost": "the cost of the line (cost), or that of one piece (unit_cost).",
}


@dataclass(frozen=True)
class Answers:
    """What the user has said of what files may not show.

    Attributes:
        decimal: The decimal sign, a point or a comma.
        date_order: What comes first in a date, `day` or `month`.
        ids_within: Within what numbers are unique: `year`, `file`, a column, or `none` for all.
        rates_base: The currency that exchange rates are of, where they name the other one alone.
        rates_per: What they are for one of: that one, `base`, or the other one, `currency`.
    """

    decimal: str | None = None
    date_order: str | None = None
    ids_within: str | None = None
    rates_base: str | None = None
    rates_per: str | None = None


_NOTHING_SAID = Answers()


@dataclass
class Mapping:
    """How the columns of one stream enter the star.

    Attributes:
        sample: What the files show.
        found: The column of each role.
        parts: The roles that are told to staging.
        literals: What a role is in all lines, where it has no column.
        open: Those of them that the user must choose a column for.
        decimal: The decimal sign, if there is one.
        date_order: What comes first in a date, `day` or `month`.
        shows_date_order: Whether its dates say so.
        short_years: Whether years are of two digits.
        ids_within: Where the numbers of orders and lines begin anew, if they do.
        has_price_list: Whether the price lies in the product list, and not in the lines.
        are_returns: Whether the lines are returns in files of their own.
        answers: What the user has said of what files may not show.
        questions: What the files do not show, and the user has not said.
        remarks: What else the user should know.
    """

    sample: Sample
    found: dict[str, str]
    parts: tuple[str, ...] = ()
    literals: dict[str, str] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)
    decimal: str | None = None
    date_order: str = _DAY
    shows_date_order: bool = False
    short_years: bool = False
    ids_within: str | None = None
    has_price_list: bool = False
    are_returns: bool = False
    answers: Answers = field(default_factory=Answers)
    questions: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def customer(self) -> str:
        """The column that names a customer, as the tap's block names it; `none` if none does."""
        column = self.found.get("customer_id")
        if column is None:
            return "none"
        header = self.header(column)
        # Meltano would take what begins with a dollar sign for a variable.
        return column if "$" in header else header

    @property
    def personal(self) -> list[str]:
        """The columns that tell more of a customer, as the tap's block names them."""
        columns = [column for role, column in self.found.items() if role in OF_CUSTOMERS]
        return [column if "$" in self.header(column) else self.header(column) for column in columns]

    @property
    def has_line_ids(self) -> bool:
        """Whether a line has a number of its own, or that of an order; of a return its own only."""
        if self.are_returns:
            return "sale_id" in self.found or {"order_id", "line_number"} <= self.found.keys()
        return bool({"sale_id", "order_id"} & self.found.keys())

    @property
    def unused(self) -> list[str]:
        """The columns that play no part."""
        return [column for column in self.sample.columns if column not in self.found.values()]

    def header(self, column: str) -> str:
        """A column's name as it stands in the files."""
        return self.sample.headers[self.sample.columns.index(column)]

    @property
    def is_numbered(self) -> bool:
        """Whether sale lines get their numbers from their order in the file."""
        return "order_id" in self.found and not {"sale_id", "line_number"} & self.found.keys()

    def context(self) -> dict[str, object]:
        """What the templates read of this stream."""
        unused = ", ".join(self.unused)
        hint = f" Not used so far: {unused}." if unused else " All others are used."
        return {
            "parts": {
                part: self._played_by(part)
                for part in self.parts
                if part in self.found or part in self.literals or part in self.open
            },
            "open": [f"{_CHOICES[part]}{hint}" for part in self.open],
            "options": "".join(f", {name}={value}" for name, value in self._options()),
            "arguments": dict(self._options()),
            "is_priced": self.has_price_list,
        }

    def _played_by(self, part: str) -> str:
        if part in self.found:
            return _argument(self.found[part])
        if part in self.literals:
            return f"\"'{self.literals[part]}'\""
        return f'to_choose("{part}")'

    def leave_open(self, *required: str) -> None:
        """Leave to the user what is found in no column, and is not the same in all lines."""
        self.open = [role for role in required if role not in self.found | self.literals]

    def _options(self) -> Iterator[tuple[str, str]]:
        if self.ids_within:
            yield "ids_within", f'"{self.ids_within}"'
        if self.decimal and {"unit_price", "list_price", "area_m2", "rate"} & set(self.parts):
            yield "decimal", f'"{self.decimal}"'
        if self.date_order == _MONTH:
            yield "date_order", '"month_first"'
        if self.short_years:
            yield "short_years", "true"


def of_sale_lines(sample: Sample, answers: Answers = _NOTHING_SAID) -> Mapping:
    """Map the columns of sales files."""
    found = roles.assign(sample, "sale_lines")
    found |= roles.assign(sample, "products_of_sales", taken=found.values())
    if "customer_id" in found:
        found |= _attributes_of_customers(sample, found)
    if "sold_at" not in found and (days := _only_days(sample, found.values())):
        found["sold_at"] = days
    if "sale_id" in found and not _is_distinct(sample.values(found["sale_id"])):
        # It numbers orders, not their lines.
        column = found.pop("sale_id")
        found.setdefault("order_id", column)
    if "sale_id" in found or "order_id" not in found:
        found.pop("line_number", None)
    if "line_number" in found and not _is_distinct(_pairs(sample, found)):
        # It counts something else than the lines of an order.
        found.pop("line_number")
    _leave_times_out(sample, found)
    return _of_lines(sample, found, answers)


def of_returns(sample: Sample, answers: Answers = _NOTHING_SAID) -> Mapping:
    """Map the columns of files of returns."""
    found = roles.assign(sample, "returns")
    if "sold_at" not in found and (days := _only_days(sample, found.values())):
        found["sold_at"] = days
    if "sale_id" in found or "order_id" not in found:
        found.pop("line_number", None)
    _leave_times_out(sample, found)
    mapping = _of_lines(sample, found, answers)
    mapping.are_returns = True
    return mapping


def _of_lines(sample: Sample, found: dict[str, str], answers: Answers) -> Mapping:
    left = amounts.settle(sample, found)
    mapping = Mapping(sample, found, answers=answers)
    mapping.parts = (
        *("order_id", "sale_id", "line_number", "sold_at", "time_of_day"),
        *("product_id", "customer_id", "store_id", "quantity", "unit_price", "currency"),
        *("discount", "unit_discount", "discount_percent", "discount_share"),
        *("tax", "cost", "unit_cost", "country"),
    )
    mapping.leave_open("sold_at", "product_id", "quantity", "unit_price")
    mapping.open += left.parts
    mapping.remarks += left.remarks
    return mapping


def take_price_list(lines: Mapping, products: Mapping) -> None:
    """Where sales or returns have no price or cost, that of the product list is theirs."""
    lacking = []
    if "unit_price" in lines.open and "list_price" in products.found:
        lines.open.remove("unit_price")
        lacking.append(("price", "list_price"))
    if not {"cost", "unit_cost"} & {*lines.found, *lines.open} and "unit_cost" in products.found:
        lacking.append(("cost", "unit_cost"))
    for what, role in lacking:
        lines.has_price_list = True
        header = products.header(products.found[role])
        lines.remarks.append(
            f"there is no {what}: each line takes {header} of the product list, as on its day"
        )


def of_products_of_sales(sales: Mapping) -> Mapping:
    """Map the columns of sales files that tell of products."""
    mapping = Mapping(sales.sample, sales.found)
    mapping.parts = ("product_id", "product_name", "category", "supplier")
    mapping.leave_open("product_id")
    return mapping


def of_customers_of_sales(sales: Mapping) -> Mapping:
    """Map the columns of sales files that tell of customers; no parts if none does."""
    mapping = Mapping(sales.sample, sales.found)
    if sales.found.keys() & {*OF_CUSTOMERS}:
        mapping.parts = ("customer_id", *OF_CUSTOMERS, "country")
    mapping.date_order, mapping.short_years = sales.date_order, sales.short_years
    return mapping


def _attributes_of_customers(sample: Sample, found: dict[str, str]) -> dict[str, str]:
    attributes = roles.assign(sample, "customers_of_sales", taken=found.values())
    if "store_id" in found and not _OF_CUSTOMER.search(attributes.get("city", "")):
        # It may as well be the store's.
        attributes.pop("city", None)
    return attributes


def _only_days(sample: Sample, taken: Iterable[str]) -> str | None:
    """The column of the sale's day whatever its name: the only one with days."""
    used = set(taken)
    with_days = [
        column
        for column in sample.columns
        if column not in used and kinds.are_dates(sample.values(column))
    ]
    return with_days[0] if len(with_days) == 1 else None


def of_products(sample: Sample, answers: Answers = _NOTHING_SAID) -> Mapping:
    """Map the columns of product files."""
    found = roles.assign(sample, "products")
    mapping = Mapping(sample, found, answers=answers)
    mapping.parts = (
        "product_id",
        "product_name",
        "category",
        "supplier",
        "list_price",
        "unit_cost",
    )
    mapping.leave_open("product_id")
    return mapping


def of_customers(sample: Sample, answers: Answers = _NOTHING_SAID) -> Mapping:
    """Map the columns of customer files."""
    found = roles.assign(sample, "customers")
    mapping = Mapping(sample, found, answers=answers)
    mapping.parts = ("customer_id", *OF_CUSTOMERS, "country")
    mapping.leave_open("customer_id")
    return mapping


def of_stores(sample: Sample, answers: Answers = _NOTHING_SAID) -> Mapping:
    """Map the columns of files that list stores and channels."""
    found = roles.assign(sample, "stores")
    mapping = Mapping(sample, found, answers=answers)
    mapping.parts = (
        *("store_id", "store_name", "city", "region", "country"),
        *("opened_on", "area_m2"),
    )
    mapping.leave_open("store_id")
    return mapping


def _leave_times_out(sample: Sample, found: dict[str, str]) -> None:
    """Leave a column of times out where the day has a time of its own."""
    if {"sold_at", "time_of_day"} <= found.keys():
        with_time = [value for value in sample.values(found["sold_at"]) if ":" in value]
        if not all(map(_MIDNIGHT.search, with_time)):
            del found["time_of_day"]


def _pairs(sample: Sample, found: dict[str, str]) -> list[tuple[str | None, str | None]]:
    """The numbers of order and line of the first rows, but for repeated rows."""
    order, line = (sample.columns.index(found[role]) for role in ("order_id", "line_number"))
    rows = {row for batch in sample.batches for row in zip(*batch.columns, strict=True)}
    return [(row[order], row[line]) for row in rows]


def _is_distinct(values: Sequence[object]) -> bool:
    return len(set(values)) >= _LEAST_DISTINCT * len(values)


def _argument(column: str) -> str:
    """A column as the argument of a macro: quoted for SQL where that is needed."""
    is_plain = re.fullmatch(r"[a-z_][a-z0-9_]*", column) and column not in _reserved_words()
    return f'"{column}"' if is_plain else f"'\"{column}\"'"


@functools.cache
def _reserved_words() -> frozenset[str]:
    """What PostgreSQL takes for a column's name only in quotes."""
    text = Path(__file__).with_name("reserved_words.txt").read_text(encoding="ascii")
    return frozenset(text.split())
