"""The SQL of a source's columns in its staging models, and what is left for the user to choose."""

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from warehouse.ingest.sources import JSON_LINES
from warehouse.new_source import ids, kinds, roles
from warehouse.new_source.sample import Sample

# Dates that staging does not read by itself, and how they are brought to `YYYY-MM-DD`, by the
# order of day and month.
_DAY, _MONTH = "day", "month"
_DATES = {
    r"(19|20)\d{6}": dict.fromkeys(
        (_DAY, _MONTH), (r"^([0-9]{4})([0-9]{2})([0-9]{2})$", r"\1-\2-\3")
    ),
    r"\d{1,2}[./]\d{1,2}[./]\d\d( .*)?": {
        _DAY: (r"^([0-9]+)[./]([0-9]+)[./]([0-9]{2})\M", r"20\3-\2-\1"),
        _MONTH: (r"^([0-9]+)[./]([0-9]+)[./]([0-9]{2})\M", r"20\3-\1-\2"),
    },
    r"\d{1,2}/\d{1,2}/\d{4}( .*)?": {_MONTH: (r"^([0-9]+)/([0-9]+)/([0-9]{4})", r"\3-\1-\2")},
}

# What databases write behind a day that has no time.
_MIDNIGHT = re.compile(r" 0?0:00(:00)?(\.0+)?$")

_UNKNOWN = "'Unknown'::text"

# A sale line's number is repeated by a correction now and then, an order's by its further lines.
_LEAST_DISTINCT = 0.95


# Stands for the source system in the expressions, until they are written down.
_SOURCE = "<source>"


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
        sql: The expression of each role, for the templates.
        open: The roles that the user must choose a column for.
        is_numbered: Whether sale lines get their ids from their order in the file.
        answers: What the user has said of what files may not show.
        questions: What the files do not show, and the user has not said.
        remarks: What else the user should know.
    """

    sample: Sample
    found: dict[str, str]
    sql: dict[str, str] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)
    is_numbered: bool = False
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

    def context(self, source: str) -> dict[str, object]:
        """What the templates of this stream of a source system read."""
        unused = ", ".join(self.unused)
        return {
            **{role: text.replace(_SOURCE, source) for role, text in self.sql.items()},
            "open": self.open,
            "unused": f"Not used so far: {unused}." if unused else "All others are used.",
            "has_order_id": "order_id" in self.found,
            "is_numbered": self.is_numbered,
            "decimal": f', decimal="{self.decimal}"' if self.decimal else "",
            "fields": ",\n            ".join(map(_argument, self.sample.columns)),
        }

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
    mapping.is_numbered = "order_id" in found and not {"sale_id", "line_number"} & found.keys()
    mapping.sql = {
        "sale_id": _sale_id(mapping),
        "order_id": _order_id(mapping),
        "sold_at": _moment_of_sale(mapping),
        "quantity": _text(found, "quantity"),
        "unit_price": _text(found, "unit_price"),
        "customer_id": _id(found, "customer_id"),
        "country": _name(found, "country"),
        **_product(found),
    }
    _leave_open(mapping, "sold_at", "product_id", "quantity", "unit_price")
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
    mapping.sql = {**_product(found), "list_price": _text(found, "list_price")}
    _leave_open(mapping, "product_id")
    return mapping


def of_customers(sample: Sample, answers: Answers = _NOTHING_SAID) -> Mapping:
    """Map the columns of customer files."""
    found = roles.assign(sample, "customers")
    mapping = Mapping(sample, found, answers=answers)
    mapping.sql = {
        "customer_id": _id(found, "customer_id"),
        "age": _text(found, "age"),
        "gender": _text(found, "gender"),
        "city": _label(found, "city"),
        "country": _name(found, "country"),
        "registration_date": _date(mapping, "registration_date"),
    }
    _leave_open(mapping, "customer_id")
    return mapping


def _leave_open(mapping: Mapping, *required: str) -> None:
    mapping.open = [role for role in required if role not in mapping.found]
    for role in mapping.open:
        mapping.sql[role] = f'{{{{ to_choose("{role}") }}}}'


def _sale_id(mapping: Mapping) -> str:
    found = mapping.found
    if "sale_id" in found:
        return _unique(mapping, "sale_id")
    if "line_number" in found:
        return f"{_order_id(mapping)} || '-' || {_text(found, 'line_number')}"
    if "order_id" in found:
        return _order_id(mapping)
    # No line of a file goes for another one's correction.
    return "{{ line_by_place() }}"


def _order_id(mapping: Mapping) -> str:
    return _unique(mapping, "order_id") if "order_id" in mapping.found else "null::text"


def _unique(mapping: Mapping, role: str) -> str:
    """The number of a line or an order; behind its year, if numbers begin anew with a year."""
    number = _id(mapping.found, role)
    if "sold_at" not in mapping.found or not ids.begin_anew(
        mapping.sample.pairs(mapping.found[role], mapping.found["sold_at"])
    ):
        return number
    header = mapping.header(mapping.found[role])
    remark = f"the numbers in {header} begin anew each year: they are told apart by the year"
    if remark not in mapping.remarks:
        mapping.remarks.append(remark)
    return f"{ids.year_of(_text(mapping.found, 'sold_at'))} || '-' || {number}"


def _product(found: dict[str, str]) -> dict[str, str]:
    return {
        "product_id": _id(found, "product_id"),
        "product_name": _name(found, "product_name"),
        "category": _label(found, "category"),
        "supplier": _name(found, "supplier"),
    }


def _text(found: dict[str, str], role: str) -> str:
    return f"{{{{ clean_text({_argument(found[role])}) }}}}" if role in found else "null::text"


def _id(found: dict[str, str], role: str) -> str:
    return (
        f'{{{{ clean_id({_argument(found[role])}, "{_SOURCE}") }}}}'
        if role in found
        else "null::text"
    )


def _label(found: dict[str, str], role: str) -> str:
    return f"{{{{ clean_label({_argument(found[role])}) }}}}" if role in found else _UNKNOWN


def _name(found: dict[str, str], role: str) -> str:
    return f"coalesce({_text(found, role)}, 'Unknown')" if role in found else _UNKNOWN


def _date(mapping: Mapping, role: str) -> str:
    """The text of a date, in an order that staging reads."""
    text = _text(mapping.found, role)
    values = mapping.sample.values(mapping.found[role]) if role in mapping.found else []
    order = _date_order(mapping, role, values)
    for written, orders in _DATES.items():
        if values and order in orders and all(re.fullmatch(written, value) for value in values):
            pattern, replacement = orders[order]
            text = f"regexp_replace({text}, '{pattern}', '{replacement}')"
    if role == "sold_at" and any(map(kinds.is_instant, values)):
        mapping.remarks.append(
            "times with a Z or an offset are moments: they are brought to the source's time zone"
        )
    return text


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


def _moment_of_sale(mapping: Mapping) -> str:
    """The text of the day, and of the time of day if that has a column of its own."""
    found = mapping.found
    day = _date(mapping, "sold_at")
    if "sold_at" not in found or "time_of_day" not in found:
        return day
    with_time = [value for value in mapping.sample.values(found["sold_at"]) if ":" in value]
    if not all(map(_MIDNIGHT.search, with_time)):
        del found["time_of_day"]
        return day
    if with_time:
        day = f"split_part({day}, ' ', 1)"
    return f"nullif(concat_ws(' ', {day}, {_text(found, 'time_of_day')}), '')"


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
