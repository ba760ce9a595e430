"""What the values of a column look like: numbers, dates, times."""

import re
from collections.abc import Callable, Iterable
from datetime import date

from warehouse import project
from warehouse.ingest.files.names import column_name

# Of a column's values, the share that must look alike.
_MOST = 0.9

_NUMBER = re.compile(r"-?[€$£]?\s?-?\d[\d.,\s]*\s?[€$£]?")
_WHOLE_NUMBER = re.compile(r"-?\d+([.,]0+)?")
_TIME = re.compile(r"\d{1,2}:\d\d(:\d\d)?")
_DATE = re.compile(
    r"\d{4}-\d\d?-\d\d?([T ].*)?"
    r"|\d{1,2}[./]\d{1,2}[./](\d{4}|\d\d)( .*)?"
    r"|\d{1,2} [A-Za-z]{3,9} \d{4}( .*)?"
    r"|(19|20)\d{6}"
)
_DECIMAL_COMMA = re.compile(
    r"\D*\d*(\.\d{3})*,(\d{1,2}|\d{4,})\D*|\D*0,\d+\D*|\D*\d{1,3}(\.\d{3})+,\d+\D*"
)
_DECIMAL_POINT = re.compile(
    r"\D*\d*(,\d{3})*\.(\d{1,2}|\d{4,})\D*|\D*0\.\d+\D*|\D*\d{1,3}(,\d{3})+\.\d+\D*"
)
_UNCLEAR_DATE = re.compile(r"(\d{1,2})([./])(\d{1,2})[./](\d{4}|\d\d)\b")
_SHORT_YEAR = re.compile(r"\d{1,2}[./]\d{1,2}[./]\d\d\b")
_ISO_DAY = re.compile(r"(\d{4})-?(\d\d?)-?(\d\d?)(?!\d)")
_INSTANT = re.compile(r"\d\d:\d\d(:\d\d(\.\d+)?)? ?(Z|[+-]\d\d:?(\d\d)?)$")
_CURRENCIES = {"€": "EUR", "£": "GBP", "$": "USD", "₽": "RUB", "₹": "INR", "₺": "TRY"}

# Codes as they stand in the names of columns; those that are words of a language are left out.
_CODES = re.compile(
    "usd|eur|gbp|chf|cad|aud|nzd|jpy|cny|inr|rub|brl|mxn|pln|czk|sek|nok|dkk|huf|ron|bgn|uah|kzt|"
    "zar|krw|sgd|hkd|twd|ils|aed|sar|egp|ngn|kes|idr|myr|php|thb|vnd|pkr|clp|cop|ars|pen"
)


def are_numbers(values: Iterable[str]) -> bool:
    """Whether a column holds numbers, with or without a currency's sign."""
    return _mostly(values, _NUMBER.fullmatch)


def are_amounts(values: Iterable[str]) -> bool:
    """Whether a column holds numbers, with or without a currency's sign or that of percent."""
    return are_numbers(value.strip("% \u00a0\u202f") for value in values)


def are_whole_numbers(values: Iterable[str]) -> bool:
    """Whether a column holds whole numbers."""
    return _mostly(values, _WHOLE_NUMBER.fullmatch)


def are_currencies(values: Iterable[str]) -> bool:
    """Whether a column holds codes or signs of currencies."""
    known = {*project.variables()["currencies"], *_CURRENCIES}
    return _mostly(values, lambda value: value.upper() in known or None)


def are_dates(values: Iterable[str]) -> bool:
    """Whether a column holds dates, with or without a time."""
    return _mostly(values, _DATE.fullmatch)


def are_times(values: Iterable[str]) -> bool:
    """Whether a column holds times of day."""
    return _mostly(values, _TIME.fullmatch)


def decimal_signs(values: Iterable[str]) -> set[str]:
    """The decimal signs that numbers show: none, one or both.

    A group of thousands does not begin with 0 and has three digits: `0,125` shows a comma, `1.000`
    nothing, `1.299,00` a comma.
    """
    shown = set()
    for value in values:
        if _DECIMAL_COMMA.fullmatch(value):
            shown.add(",")
        if _DECIMAL_POINT.fullmatch(value):
            shown.add(".")
    return shown


def date_orders(values: Iterable[str]) -> set[str]:
    """What comes first in dates that do not say so themselves: `day`, `month`, or both."""
    shown = set()
    for value in values:
        if parts := _UNCLEAR_DATE.match(value):
            first, second = int(parts[1]), int(parts[3])
            if first > 12:
                shown.add("day")
            if second > 12:
                shown.add("month")
    return shown


def has_unclear_order(value: str) -> bool:
    """Whether a date could be read day first and month first, and differ."""
    parts = _UNCLEAR_DATE.match(value)
    # A date with points is day first wherever it is written.
    return bool(parts and parts[2] == "/" and parts[1].lstrip("0") != parts[3].lstrip("0"))


def has_short_year(value: str) -> bool:
    """Whether a date has a year of two digits."""
    return bool(_SHORT_YEAR.match(value))


def day(value: str, order: str) -> date | None:
    """The day of a date without its time; None if it cannot be read.

    Args:
        value: The date.
        order: What comes first in it, `day` or `month`, if it does not say so itself.
    """
    if parts := _ISO_DAY.match(value):
        year, month, number = parts.groups()
    elif parts := _UNCLEAR_DATE.match(value):
        number, _, month, year = parts.groups()
        if order == "month" and parts[2] == "/":
            month, number = number, month
    else:
        return None
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(number))
    except ValueError:
        return None


def is_instant(value: str) -> bool:
    """Whether a time says its distance from UTC."""
    return bool(_INSTANT.search(value))


def currency(values: Iterable[str]) -> str | None:
    """The currency whose sign stands beside prices; None if there is none, or more than one."""
    found = currencies(values)
    return found.pop() if len(found) == 1 else None


def currency_of_line(value: str) -> str | None:
    """The currency of a line, by a code or by the sign beside an amount; None if it tells none."""
    code = value.upper()
    return code if code in project.variables()["currencies"] else currency([value])


def currencies(values: Iterable[str]) -> set[str]:
    """The currencies whose signs stand beside prices."""
    return {_CURRENCIES[sign] for value in values for sign in _CURRENCIES if sign in value}


def currency_of_name(header: str) -> str | None:
    """The currency that the name of a column says, by its code or sign; None if it says none."""
    codes = {word.upper() for word in column_name(header).split("_") if is_currency(word)}
    codes = codes or {_CURRENCIES[sign] for sign in header if sign in _CURRENCIES}
    return codes.pop() if len(codes) == 1 else None


def is_currency(word: str) -> bool:
    """Whether a word of a column's name is the code of a currency."""
    return _CODES.fullmatch(word) is not None


def _mostly(values: Iterable[str], is_one: Callable[[str], object]) -> bool:
    found = [is_one(value) is not None for value in values]
    return bool(found) and sum(found) >= _MOST * len(found)
