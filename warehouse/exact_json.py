"""JSON that keeps what stands in the file: numbers by their digits, objects by their members."""

import json
from typing import Any


class Number(str):
    """A number, as it is written: 1.10 stays 1.10, and 20 digits stay 20 digits."""

    __slots__ = ()


class Members(list[tuple[str, Any]]):
    """The members of an object in their order; a key that stands twice is there twice."""

    def repeated_key(self) -> str | None:
        """The first key that stands in the object more than once."""
        if len(dict(self)) == len(self):
            return None
        keys = [key for key, _ in self]
        return next(key for key in keys if keys.count(key) > 1)


def _no_number(text: str) -> Any:
    # Python reads NaN and Infinity, which are not JSON.
    raise ValueError(f"{text} is no number")


_decoder = json.JSONDecoder(
    object_pairs_hook=Members,
    parse_float=Number,
    parse_int=Number,
    parse_constant=_no_number,
)
_quoted = json.JSONEncoder(ensure_ascii=False).encode


def parse(text: str) -> Any:
    """Parse a JSON text; objects become `Members`, numbers `Number`.

    Raises:
        ValueError: It is not JSON; the text says why and where.
        RecursionError: It is nested too deep to be data.
    """
    try:
        return _decoder.decode(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"{error.msg} at character {error.pos + 1}") from None


def text(value: Any) -> str | None:
    """A value as the text of a field: a string as it is, null as None, all else as compact JSON."""
    if value is None or type(value) is str:
        return value
    return compact(value)


def compact(value: Any) -> str:
    """A value as JSON on one line, without a space that it does not need."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, Members):
        return "{" + ",".join(f"{_quoted(key)}:{compact(item)}" for key, item in value) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(compact, value)) + "]"
    return _quoted(value)
