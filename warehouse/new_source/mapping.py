"""Which columns of a source play which parts, how they are written, and what is left to choose."""

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from warehouse.ingest.sources import JSON_LINES
from warehouse.new_source import ids, kinds, roles
from warehouse.new_source.sample import Sample

_DAY, _MONTH = "day", "month"

# Dates with a year of two digits, which staging reads where it is told to.
_SHORT_YEARS = re.compile(r"\d{1,2}[./]\d{1,2}[./]\d\d( .*)?")

# What databases write behind a day that has no time.
_MIDNIGHT = re.compile(r" 0?0:00(:00)?(\.0+)?$")

# A sale line's number is repeated by a correction now and then, an order's by its further lines.
_LEAST_DISTINCT = 0.95


# What the user is to choose where no column is found.
_CHOICES = {
    "customer_id": "the column with the number of the customer, as the sales files have it.",
    "product_id": "the column that tells the product, in all files by the same number.",
    "sold_at": "the column with the day, or the day and the time, of the sale.",
    "quantity": "the column with the number of pieces, below zero for a return.",
    "unit_price": "the column with the price of one piece; not that of the line.",
}


@dataclass(frozen=True)
class Answers:
    """What the user has said of what files may not show.

    Attributes:
        decimal: The decimal sign, a point or a comma.
        date_order: What comes first in a date, `day` or `month`.
    """

    decimal: str | None = None
    date_order: str | None = None


_NOTHING_SAID = Answers()


@dataclass
class Mapping:
    """How the columns of one stream enter the star.

    Attributes:
        sample: What the files show.
        found: The column of each role.
        parts: The roles that are told to staging.
        open: Those of them that the user must choose a column for.
        date_order: What comes first in a date, `day` or `month`.
        short_years: Whether years are of two digits.
        ids_within: Where the numbers of orders and lines begin anew, if they do.
        answers: What the user has said of what files may not show.
        questions: What the files do not show, and the user has not said.
        remarks: What else the user should know.
    """

    sample: Sample
    found: dict[str, str]
    parts: tuple[str, ...] = ()
    open: list[str] = field(default_factory=list)
    date_order: str = _DAY
    short_years: bool = False
    ids_within: str | None = None
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
    def has_line_ids(self) -> bool:
        """Whether a line has a number of its own, or that of an order."""
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
                part: _argument(self.found[part]) if part in self.found else f'to_choose("{part}")'
                for part in self.parts
                if part in self.found or part in self.open
            },
            "open": [f"{_CHOICES[part]}{hint}" for part in self.open],
            "options": "".join(f", {name}={value}" for name, value in self._options()),
        }

    def _options(self) -> Iterator[tuple[str, str]]:
        if self.ids_within:
            yield "ids_within", f'"{self.ids_within}"'
        if self.decimal and {"unit_price", "list_price"} & set(self.parts):
            yield "decimal", f'"{self.decimal}"'
        if self.date_order == _MONTH:
            yield "date_order", '"month_first"'
        if self.short_years:
            yield "short_years", "true"

    @functools.cached_property
    def decimal(self) -> str | None:
        """The decimal sign; None where both are written, which staging then reads as they come."""
        if self.answers.decimal:
            return self.answers.decimal
        prices = [role for role in ("unit_price", "list_price") if role in self.found]
        values = [
            value
            for role in (*prices, "quantity")
            if role in self.found
            for value in self.sample.values(self.found[role])
        ]
        signs = kinds.decimal_signs(values)
        if len(signs) == 1:
            return signs.pop()
        if signs:
            self.remarks.append("decimal points and commas are both written: each as it comes")
        # A number of JSON has a point, if anything.
        elif prices and self.sample.dialect.format != JSON_LINES:
            shown = next(iter(self.sample.values(self.found[prices[0]])), "none")
            self.questions.append(
                f"the decimal sign, as no price shows one (such as {shown}): DECIMAL=. or DECIMAL=,"
            )
        return None


def of_sale_lines(sample: Sample, answers: Answers = _NOTHING_SAID) -> Mapping:
    """Map the columns of sales files."""
    found = roles.assign(sample, "sale_lines")
    found |= roles.assign(sample, "products_of_sales", taken=found.values())
    if "sold_at" not in found and (days := _only_days(sample, found.values())):
        found["sold_at"] = days
    if "sale_id" in found and not _is_distinct(sample.values(found["sale_id"])):
        # It numbers orders, not their lines.
        column = found.pop("sale_id")
        found.setdefault("order_id", column)
    if "sale_id" in found or "order_id" not in found:
        found.pop("line_number", None)
    mapping = Mapping(sample, found, answers=answers)
    _look_at_dates(mapping, "sold_at")
    _look_at_times(mapping)
    _look_at_ids(mapping)
    mapping.parts = (
        *("order_id", "sale_id", "line_number", "sold_at", "time_of_day"),
        *("product_id", "customer_id", "quantity", "unit_price", "country"),
    )
    _leave_open(mapping, "sold_at", "product_id", "quantity", "unit_price")
    return mapping


def of_products_of_sales(sales: Mapping) -> Mapping:
    """Map the columns of sales files that tell of products."""
    mapping = Mapping(sales.sample, sales.found)
    mapping.parts = ("product_id", "product_name", "category", "supplier")
    _leave_open(mapping, "product_id")
    return mapping


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
    mapping.parts = ("product_id", "product_name", "category", "supplier", "list_price")
    _leave_open(mapping, "product_id")
    return mapping


def of_customers(sample: Sample, answers: Answers = _NOTHING_SAID) -> Mapping:
    """Map the columns of customer files."""
    found = roles.assign(sample, "customers")
    mapping = Mapping(sample, found, answers=answers)
    _look_at_dates(mapping, "registration_date")
    mapping.parts = ("customer_id", "age", "gender", "city", "country", "registration_date")
    _leave_open(mapping, "customer_id")
    return mapping


def _leave_open(mapping: Mapping, *required: str) -> None:
    mapping.open = [role for role in required if role not in mapping.found]


def _look_at_ids(mapping: Mapping) -> None:
    """Find out whether the numbers of lines or orders begin anew each year."""
    for role in ("sale_id", "order_id"):
        if (
            {role, "sold_at"} <= mapping.found.keys()
            and not mapping.ids_within
            and ids.begin_anew(mapping.sample.pairs(mapping.found[role], mapping.found["sold_at"]))
        ):
            mapping.ids_within = "year"
            mapping.remarks.append(
                f"the numbers in {mapping.header(mapping.found[role])} begin anew each year: "
                f"they are told apart by the year"
            )


def _look_at_dates(mapping: Mapping, role: str) -> None:
    """Find out how dates are written."""
    values = mapping.sample.values(mapping.found[role]) if role in mapping.found else []
    mapping.date_order = _date_order(mapping, role, values)
    mapping.short_years = bool(values) and all(map(_SHORT_YEARS.fullmatch, values))
    if role == "sold_at" and any(map(kinds.is_instant, values)):
        mapping.remarks.append(
            "times with a Z or an offset are moments: they are brought to the source's time zone"
        )


def _date_order(mapping: Mapping, role: str, values: list[str]) -> str:
    """Whether the day or the month comes first, where a date does not say so itself."""
    if mapping.answers.date_order:
        return mapping.answers.date_order
    shown = kinds.date_orders(values)
    if shown == {_DAY, _MONTH}:
        mapping.questions.append(
            f"the order of day and month in {mapping.header(mapping.found[role])}, as some dates "
            f"have a day above 12 in the first place and some in the second: mend the files, or "
            f"say DATE_ORDER=day or DATE_ORDER=month, and the others go into quarantine"
        )
    elif not shown and (unclear := next(filter(kinds.has_unclear_order, values), None)):
        mapping.questions.append(
            f"the order of day and month in {mapping.header(mapping.found[role])}, as no day is "
            f"above 12 (such as {unclear}): DATE_ORDER=day or DATE_ORDER=month"
        )
    return _MONTH if shown == {_MONTH} else _DAY


def _look_at_times(mapping: Mapping) -> None:
    """Leave a column of times out where the day has a time of its own."""
    found = mapping.found
    if {"sold_at", "time_of_day"} <= found.keys():
        with_time = [value for value in mapping.sample.values(found["sold_at"]) if ":" in value]
        if not all(map(_MIDNIGHT.search, with_time)):
            del found["time_of_day"]


def _is_distinct(values: list[str]) -> bool:
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
