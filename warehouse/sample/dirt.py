"""The dirt of real exports: which kinds there are, and how often each is found.

A share is in lines per 100,000. Within a column the kinds exclude each other; a line may be dirty
in several columns. The rules by which a reader must judge a line stand in `ledger`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from warehouse.sample import text
from warehouse.sample.draws import Draws

Codes = NDArray[np.uint8]

PER = 100_000


@dataclass(frozen=True)
class Kind:
    """A kind of dirt in one column.

    Attributes:
        name: its name in the manifest; for lines that are rejected, also the reason.
        column: where it is found.
        share: lines per 100,000 that have it.
        sentence: what is found there.
        spoil: makes the dirty text of the clean one and a random number.
        rejects: a line that has it is not accepted.
    """

    name: str
    column: str
    share: int
    sentence: str
    spoil: Callable[[str, int], str]
    rejects: bool = False


@dataclass(frozen=True)
class ExtraLine:
    """A kind of line that comes on top of the clean ones; the attributes are those of Kind."""

    name: str
    share: int
    sentence: str


def _one_of(*values: str) -> Callable[[str, int], str]:
    return lambda _, number: values[number % len(values)]


def _lower(value: str, _: int) -> str:
    return value.lower()


def _spaces(value: str, number: int) -> str:
    return (f" {value}", f"{value} ", f"  {value}  ")[number % 3]


def _letter_case(value: str, number: int) -> str:
    return (value.lower(), value.upper(), f" {value.upper()} ")[number % 3]


def _unknown_id(value: str, number: int) -> str:
    """One of the thousand highest ids, which nothing ever has."""
    return f"{value[0]}{10 ** (len(value) - 1) - 1 - number % 1000}"


def _negative(value: str, _: int) -> str:
    return f"-{value}"


def _decimal_comma(value: str, _: int) -> str:
    return value.replace(".", ",")


def _currency(value: str, _: int) -> str:
    return f"€{value}"


def _thousands(value: str, number: int) -> str:
    whole, _, decimals = value.partition(".")
    if len(whole) < 4:
        return value
    english = f"{whole[:-3]},{whole[-3:]}.{decimals}"
    return english.translate(str.maketrans(",.", ".,")) if number % 2 else english


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _day_first(value: str, _: int) -> str:
    return f"{value[8:10]}/{value[5:7]}/{value[:4]}{value[10:16]}"


def _month_name(value: str, _: int) -> str:
    return f"{int(value[8:10])} {_MONTHS[int(value[5:7]) - 1]} {value[:4]}{value[10:16]}"


def _zulu(value: str, _: int) -> str:
    return f"{value[:10]}T{value[11:]}Z"


_GENDER_SPELLINGS = {
    "female": ("F", "f", "Female", "FEMALE", " female"),
    "male": ("M", "m", "Male", "MALE", "male "),
    "other": ("Other", "OTHER", " other "),
}


def _gender_spelling(value: str, number: int) -> str:
    spellings = _GENDER_SPELLINGS[value]
    return spellings[number % len(spellings)]


_MISSING = _one_of("", "", "", " ")

SALES_COLUMNS = ("sale_id", "sold_at", "product_id", "quantity", "unit_price", "customer_id")
# What stands behind them, without dirt.
SALES_REST = ("discount", "cost", "store_id", "currency")
SALES = (
    Kind("sale_id_missing", "sale_id", 40, "no sale id", _MISSING, rejects=True),
    Kind("sale_id_case", "sale_id", 300, "small letters: s00000001", _lower),
    Kind("sale_id_spaces", "sale_id", 400, "spaces around it", _spaces),
    Kind("sold_at_missing", "sold_at", 150, "no date", _MISSING, rejects=True),
    Kind(
        "sold_at_unreadable",
        "sold_at",
        100,
        "no date can be read, or one that does not exist",
        _one_of(
            "n/a",
            "31.02.2024 25:61",
            "0000-00-00",
            "0000-00-00 00:00:00",
            "2024-02-30 10:15:00",
            "30/02/2024 10:15",
            "yesterday",
            "45358.59",
        ),
        rejects=True,
    ),
    Kind("sold_at_day_first", "sold_at", 1000, "07/03/2024 14:05 is 7 March", _day_first),
    Kind("sold_at_month_name", "sold_at", 600, "7 Mar 2024 14:05", _month_name),
    Kind("sold_at_zulu", "sold_at", 800, "2024-03-07T14:05:09Z, the same clock", _zulu),
    Kind("sold_at_spaces", "sold_at", 300, "spaces around it", _spaces),
    Kind("product_id_missing", "product_id", 40, "no product id", _MISSING, rejects=True),
    Kind("product_id_unknown", "product_id", 400, "an id that is in no product file", _unknown_id),
    Kind("product_id_case", "product_id", 500, "small letters: p00001", _lower),
    Kind("product_id_spaces", "product_id", 400, "spaces around it", _spaces),
    Kind("quantity_missing", "quantity", 100, "no quantity", _MISSING, rejects=True),
    Kind(
        "quantity_unreadable",
        "quantity",
        60,
        "not a number",
        _one_of("twelve", "-", "?", "2x"),
        rejects=True,
    ),
    Kind(
        "quantity_zero", "quantity", 100, "nothing was sold", _one_of("0", "0", "0.0"), rejects=True
    ),
    Kind("quantity_decimal", "quantity", 1000, "2.0 is 2", lambda value, _: f"{value}.0"),
    Kind("quantity_spaces", "quantity", 300, "spaces around it", _spaces),
    Kind("unit_price_missing", "unit_price", 100, "no price", _MISSING, rejects=True),
    Kind(
        "unit_price_unreadable",
        "unit_price",
        60,
        "not a number",
        _one_of("-", "twelve", "#N/A", "12.50.00"),
        rejects=True,
    ),
    Kind("unit_price_negative", "unit_price", 40, "below zero", _negative, rejects=True),
    Kind("unit_price_comma", "unit_price", 1200, "12,50 is 12.50", _decimal_comma),
    Kind("unit_price_currency", "unit_price", 400, "€12.50 is 12.50", _currency),
    Kind(
        "unit_price_thousands",
        "unit_price",
        20_000,
        "of prices from 1000.00 on: 1,234.50 or 1.234,50 is 1234.50",
        _thousands,
    ),
    Kind("unit_price_spaces", "unit_price", 300, "spaces around it", _spaces),
    Kind("customer_id_missing", "customer_id", 1500, "a guest, without customer id", _MISSING),
    Kind(
        "customer_id_unknown", "customer_id", 500, "an id that is in no customer file", _unknown_id
    ),
    Kind("customer_id_case", "customer_id", 400, "small letters: c000001", _lower),
    Kind("customer_id_spaces", "customer_id", 400, "spaces around it", _spaces),
)
REPEATED_SALE = ExtraLine(
    "repeated_line", 600, "the copy of an earlier line of the same file or of the one before"
)
CORRECTED_SALE = ExtraLine(
    "corrected_sale",
    800,
    "an earlier sale id again, up to six days later, with another quantity or price",
)
RETURNED_SALE = ExtraLine(
    "returned_sale", 3000, "a sale of its own with a quantity below zero: valid, and no dirt"
)

PRODUCT_COLUMNS = ("product_id", "category", "name", "supplier", "price")
PRODUCTS = (
    Kind("product_id_missing", "product_id", 400, "no product id", _MISSING, rejects=True),
    Kind("product_id_case", "product_id", 1500, "small letters: p00001", _lower),
    Kind("product_id_spaces", "product_id", 1000, "spaces around it", _spaces),
    Kind("category_missing", "category", 1000, "no category", _MISSING),
    Kind("category_case", "category", 6000, "toys, TOYS or spaces around it", _letter_case),
    Kind("name_spaces", "name", 1500, "spaces around it", _spaces),
    Kind("supplier_missing", "supplier", 2000, "no supplier", _MISSING),
    Kind("supplier_spaces", "supplier", 1500, "spaces around it", _spaces),
    Kind("price_missing", "price", 1000, "no price", _MISSING),
    Kind("price_comma", "price", 2500, "12,50 is 12.50", _decimal_comma),
    Kind("price_currency", "price", 1000, "€12.50 is 12.50", _currency),
)
REPEATED_PRODUCT = ExtraLine("repeated_line", 1000, "the copy of an earlier line of the same file")

CUSTOMER_COLUMNS = ("customer_id", "age", "gender", "city", "registration_date")
CUSTOMERS = (
    Kind("customer_id_missing", "customer_id", 150, "no customer id", _MISSING, rejects=True),
    Kind("customer_id_case", "customer_id", 600, "small letters: c000001", _lower),
    Kind("customer_id_spaces", "customer_id", 600, "spaces around it", _spaces),
    Kind("age_missing", "age", 1200, "no age", _MISSING),
    Kind("age_impossible", "age", 500, "below 0 or above 120", _one_of("-3", "-1", "150", "212")),
    Kind("gender_missing", "gender", 1500, "no gender", _MISSING),
    Kind("gender_spelling", "gender", 9000, "F, f, Female, FEMALE, …", _gender_spelling),
    Kind("city_missing", "city", 1000, "no city", _MISSING),
    Kind("city_case", "city", 3000, "fairwater, FAIRWATER or spaces around it", _letter_case),
    Kind("registration_date_missing", "registration_date", 700, "no date", _MISSING),
    Kind(
        "registration_date_unreadable",
        "registration_date",
        200,
        "no date can be read, or one that does not exist",
        _one_of("n/a", "0000-00-00", "2023-02-30", "31/11/2022"),
    ),
    Kind("registration_date_day_first", "registration_date", 1500, "07/03/2024", _day_first),
    Kind("registration_date_month_name", "registration_date", 1000, "7 Mar 2024", _month_name),
    Kind("registration_date_spaces", "registration_date", 300, "spaces around it", _spaces),
)
REPEATED_CUSTOMER = ExtraLine("repeated_line", 400, "the copy of an earlier line of the same file")


class Spoiler:
    """Puts the dirt into the columns of one kind of file.

    What it did is kept as a table of codes, one column for each column of the file: 0 is clean,
    others are the position in `kinds` plus one.
    """

    def __init__(self, columns: Sequence[str], kinds: Sequence[Kind]) -> None:
        self.kinds = tuple(kinds)
        self._by_column = [
            [(code, kind) for code, kind in enumerate(kinds, start=1) if kind.column == column]
            for column in columns
        ]
        self._rejects = np.array([False, *(kind.rejects for kind in kinds)])

    def code(self, name: str) -> int:
        """The code of a kind."""
        return 1 + [kind.name for kind in self.kinds].index(name)

    def rejected(self, codes: Codes) -> NDArray[np.bool_]:
        """Which lines must not be accepted."""
        return np.asarray(self._rejects[codes].any(axis=1))

    def spoil(self, columns: Sequence[text.Text], draws: Draws) -> tuple[list[text.Text], Codes]:
        """Spoil some values; returns the columns and the codes of what was done."""
        codes = np.zeros((len(columns[0]), len(columns)), dtype=np.uint8)
        spoilt = []
        for position, (column, kinds) in enumerate(zip(columns, self._by_column, strict=True)):
            result, codes[:, position] = _spoil_column(column, kinds, draws)
            spoilt.append(result)
        return spoilt, codes


def _spoil_column(
    column: text.Text, kinds: Sequence[tuple[int, Kind]], draws: Draws
) -> tuple[text.Text, Codes]:
    codes = np.zeros(len(column), dtype=np.uint8)
    reached = np.cumsum([kind.share for _, kind in kinds])
    chance = draws.below(PER, len(column))
    dirty = np.flatnonzero(chance < reached[-1])
    if not len(dirty):
        return column, codes
    chosen = np.searchsorted(reached, chance[dirty], side="right").tolist()
    variants = draws.below(2**32, len(dirty)).tolist()
    clean = column.take(dirty).to_pylist()
    values = [
        kinds[choice][1].spoil(value, variant)
        for choice, value, variant in zip(chosen, clean, variants, strict=True)
    ]
    # A kind may leave a value as it is, which is then no dirt: thousands in small prices.
    codes[dirty] = [
        kinds[choice][0] if value != before else 0
        for choice, value, before in zip(chosen, values, clean, strict=True)
    ]
    return text.replaced(column, dirty, values), codes
