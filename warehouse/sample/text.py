"""Columns of text, a day at a time, and the lines of a CSV file made of them."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.sample.draws import Ints

Text: TypeAlias = pa.StringArray

_TWO_DIGITS = pa.array([f"{number:02}" for number in range(100)])


def plain(numbers: Ints) -> Text:
    """Write whole numbers."""
    return pc.cast(pa.array(numbers), pa.string())


def numbered(letter: str, numbers: Ints, width: int) -> Text:
    """Write business ids: a letter and a number with leading zeros, as S00000001."""
    table = np.empty((len(numbers), width + 1), dtype=np.uint8)
    table[:, 0] = ord(letter)
    rest = numbers
    for column in range(width, 0, -1):
        rest, digit = np.divmod(rest, 10)
        table[:, column] = digit + ord("0")
    offsets = np.arange(len(numbers) + 1, dtype=np.int32) * (width + 1)
    return pa.StringArray.from_buffers(len(numbers), pa.py_buffer(offsets), pa.py_buffer(table))


def money(cents: Ints) -> Text:
    """Write amounts, not below zero, with two decimals."""
    return pc.binary_join_element_wise(plain(cents // 100), _TWO_DIGITS.take(cents % 100), ".")


def money_or_blank(cents: Ints) -> Text:
    """Write amounts, and nothing for 0."""
    return pc.if_else(pa.array(cents > 0), money(cents), "")


def moments(dates: Text, day: Ints, second: Ints) -> Text:
    """Write moments, given as a position in `dates` and the second of that day."""
    return pc.binary_join_element_wise(dates.take(day), _CLOCK.take(second), " ")


def _clock(second: Ints) -> Text:
    parts = (second // 3600, second // 60 % 60, second % 60)
    return pc.binary_join_element_wise(*(_TWO_DIGITS.take(part) for part in parts), ":")


_CLOCK = _clock(np.arange(24 * 3600))


def lines(columns: Sequence[Text]) -> Text:
    """Join columns into CSV lines; a value that needs quotes gets them (RFC 4180)."""
    joined = pc.binary_join_element_wise(*(_quoted(column) for column in columns), ",")
    return pc.binary_join_element_wise(joined, "", "\n")


def stack(parts: Sequence[Text]) -> Text:
    """Put columns below one another."""
    return pa.concat_arrays(parts)


def content(text: Text) -> memoryview:
    """The bytes of an array of strings, one after the other, without copying them."""
    _, offsets, data = text.buffers()
    if data is None:
        return memoryview(b"")
    ends = np.frombuffer(offsets, dtype=np.int32)[text.offset : text.offset + len(text) + 1]
    return memoryview(data)[int(ends[0]) : int(ends[-1])]


def replaced(column: Text, positions: Ints, values: Sequence[str]) -> Text:
    """The column with other values at some positions (ascending)."""
    mask = np.zeros(len(column), dtype=bool)
    mask[positions] = True
    return pc.replace_with_mask(column, pa.array(mask), pa.array(values, pa.string()))


def _quoted(column: Text) -> Text:
    # Few columns ever need quotes, and looking for a byte is much quicker than a search per value.
    everything = bytes(content(column))
    if not any(mark in everything for mark in (b",", b'"', b"\n", b"\r")):
        return column
    needed = pc.match_substring_regex(column, '[,"\r\n]')
    doubled = pc.replace_substring(column, '"', '""')
    return pc.if_else(needed, pc.binary_join_element_wise('"', doubled, '"', ""), column)
