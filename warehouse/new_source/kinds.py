"""What the values of a column look like: numbers, dates, times."""

import re
from collections.abc import Callable, Iterable

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
_INSTANT = re.compile(r"\d\d:\d\d(:\d\d(\.\d+)?)? ?(Z|[+-]\d\d:?(\d\d)?)$")
_CURRENCIES = {"€": "EUR", "£": "GBP", "$": "USD"}


def are_numbers(values: Iterable[str]) -> bool:
    """Whether a column holds numbers, with or without a currency's sign."""
    return _mostly(values, _NUMBER.fullmatch)


def are_whole_numbers(values: Iterable[str]) -> bool:
    """Whether a column holds whole numbers."""
    return _mostly(values, _WHOLE_NUMBER.fullmatch)


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


def is_instant(value: str) -> bool:
    """Whether a time says its distance from UTC."""
    return bool(_INSTANT.search(value))


def currency(values: Iterable[str]) -> str | None:
    """The currency whose sign stands beside prices; None if there is none."""
    signs = {sign for value in values for sign in _CURRENCIES if sign in value}
    return _CURRENCIES[signs.pop()] if len(signs) == 1 else None


def _mostly(values: Iterable[str], is_one: Callable[[str], object]) -> bool:
    found = [is_one(value) is not None for value in values]
    return bool(found) and sum(found) >= _MOST * len(found)
