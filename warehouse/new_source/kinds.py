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
_DECIMAL_COMMA = re.compile(r"\D*\d*(\.\d{3})*,(\d{1,2}|\d{4,})\D*")
_DECIMAL_POINT = re.compile(r"\D*\d*(,\d{3})*\.(\d{1,2}|\d{4,})\D*")
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


def decimal_sign(values: Iterable[str]) -> str | None:
    """The decimal sign of numbers; None if they show none, or both."""
    values = list(values)
    comma = any(map(_DECIMAL_COMMA.fullmatch, values))
    point = any(map(_DECIMAL_POINT.fullmatch, values))
    return None if comma == point else "," if comma else "."


def currency(values: Iterable[str]) -> str | None:
    """The currency whose sign stands beside prices; None if there is none."""
    signs = {sign for value in values for sign in _CURRENCIES if sign in value}
    return _CURRENCIES[signs.pop()] if len(signs) == 1 else None


def _mostly(values: Iterable[str], is_one: Callable[[str], object]) -> bool:
    found = [is_one(value) is not None for value in values]
    return bool(found) and sum(found) >= _MOST * len(found)
