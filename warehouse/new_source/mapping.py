"""The SQL of a source's columns in its staging models, and what is left for the user to choose."""

import functools
import re
from dataclasses import dataclass, field
from pathlib import Path

from warehouse.new_source import kinds, roles
from warehouse.new_source.sample import Sample

# Dates that staging does not read by itself, and how they are brought to `YYYY-MM-DD`.
_DATES = {
    r"(19|20)\d{6}": (r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3"),
    r"\d{1,2}[./]\d{1,2}[./]\d\d( .*)?": (r"^(\d+)[./](\d+)[./](\d\d)\M", r"20\3-\2-\1"),
    r"\d{4}-\d\d-\d\d[T ].*[+-]\d\d:?\d\d": (r"[+-]\d\d:?\d\d$", ""),
}
_MONTH_FIRST = re.compile(r"\d{1,2}/(1[3-9]|2\d|3[01])/\d{4}")
_FROM_MONTH_FIRST = (r"^(\d+)/(\d+)/(\d{4})", r"\3-\1-\2")

# What databases write behind a day that has no time.
_MIDNIGHT = re.compile(r" 0?0:00(:00)?(\.0+)?$")

_UNKNOWN = "'Unknown'::text"

# A sale line's number is repeated by a correction now and then, an order's by its further lines.
_LEAST_DISTINCT = 0.95


@dataclass
class Mapping:
    """How the columns of one stream enter the star.

    Attributes:
        sample: What the files show.
        found: The column of each role.
        sql: The expression of each role, for the templates.
        open: The roles that the user must choose a column for.
        is_numbered: Whether sale lines get their ids from their order in the file.
    """

    sample: Sample
    found: dict[str, str]
    sql: dict[str, str] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)
    is_numbered: bool = False

    @property
    def unused(self) -> list[str]:
        """The columns that play no part."""
        return [column for column in self.sample.columns if column not in self.found.values()]

    def header(self, column: str) -> str:
        """A column's name as it stands in the files."""
        return self.sample.headers[self.sample.columns.index(column)]

    def context(self) -> dict[str, object]:
        """What the templates of this stream read."""
        unused = ", ".join(self.unused)
        return {
            **self.sql,
            "open": self.open,
            "unused": f"Not used so far: {unused}." if unused else "All others are used.",
            "has_order_id": "order_id" in self.found,
            "is_numbered": self.is_numbered,
            "decimal": self._decimal(),
            "fields": ",\n            ".join(map(_argument, self.sample.columns)),
        }

    def _decimal(self) -> str:
        values = [
            value
            for role in ("unit_price", "list_price", "quantity")
            if role in self.found
            for value in self.sample.values(self.found[role])
        ]
        # A decimal point is what is read where nothing is said.
        return ', decimal=","' if kinds.decimal_sign(values) == "," else ""


def of_sale_lines(sample: Sample) -> Mapping:
    """Map the columns of sales files."""
    found = roles.assign(sample, "sale_lines")
    found |= roles.assign(sample, "products_of_sales", taken=found.values())
    if "sale_id" in found and not _is_distinct(sample.values(found["sale_id"])):
        # It numbers orders, not their lines.
        column = found.pop("sale_id")
        found.setdefault("order_id", column)
    if "sale_id" in found or "order_id" not in found:
        found.pop("line_number", None)
    mapping = Mapping(sample, found)
    mapping.is_numbered = "order_id" in found and not {"sale_id", "line_number"} & found.keys()
    mapping.sql = {
        "sale_id": _sale_id(found),
        "order_id": _id(found, "order_id"),
        "sold_at": _moment_of_sale(mapping),
        "quantity": _text(found, "quantity"),
        "unit_price": _text(found, "unit_price"),
        "customer_id": _id(found, "customer_id"),
        "country": _name(found, "country"),
        **_product(found),
    }
    _leave_open(mapping, "sold_at", "product_id", "quantity", "unit_price")
    return mapping


def of_products(sample: Sample) -> Mapping:
    """Map the columns of product files."""
    found = roles.assign(sample, "products")
    mapping = Mapping(sample, found, {**_product(found), "list_price": _text(found, "list_price")})
    _leave_open(mapping, "product_id")
    return mapping


def of_customers(sample: Sample) -> Mapping:
    """Map the columns of customer files."""
    found = roles.assign(sample, "customers")
    mapping = Mapping(sample, found)
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


def _sale_id(found: dict[str, str]) -> str:
    if "sale_id" in found:
        return _id(found, "sale_id")
    if "line_number" in found:
        return f"{_id(found, 'order_id')} || '-' || {_text(found, 'line_number')}"
    if "order_id" in found:
        return _id(found, "order_id")
    # No line of a file goes for another one's correction.
    return "_source_file || ':' || _source_line"


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
    return f"{{{{ clean_id({_argument(found[role])}) }}}}" if role in found else "null::text"


def _label(found: dict[str, str], role: str) -> str:
    return f"{{{{ clean_label({_argument(found[role])}) }}}}" if role in found else _UNKNOWN


def _name(found: dict[str, str], role: str) -> str:
    return f"coalesce({_text(found, role)}, 'Unknown')" if role in found else _UNKNOWN


def _date(mapping: Mapping, role: str) -> str:
    """The text of a date, in an order that staging reads."""
    text = _text(mapping.found, role)
    values = mapping.sample.values(mapping.found[role]) if role in mapping.found else []
    for written, (pattern, replacement) in _DATES.items():
        if values and all(re.fullmatch(written, value) for value in values):
            text = f"regexp_replace({text}, '{pattern}', '{replacement}')"
    if any(map(_MONTH_FIRST.match, values)):
        pattern, replacement = _FROM_MONTH_FIRST
        text = f"regexp_replace({text}, '{pattern}', '{replacement}')"
    return text


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
