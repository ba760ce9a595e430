"""Which column of a source plays which part in the star, as far as its name and values tell."""

import functools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from warehouse import project
from warehouse.new_source import kinds
from warehouse.new_source.sample import Sample

# A discount's code or a tax number is none of them.
_AMOUNTS = (
    *("discount", "unit_discount", "discount_percent"),
    *("tax", "cost", "unit_cost", "line_or_unit_cost"),
)

# What a role's values must look like.
_KINDS: dict[str, Callable[[list[str]], bool]] = {
    "sold_at": kinds.are_dates,
    "time_of_day": kinds.are_times,
    "quantity": kinds.are_whole_numbers,
    "unit_price": kinds.are_numbers,
    "list_price": kinds.are_numbers,
    **dict.fromkeys(_AMOUNTS, kinds.are_amounts),
    "line_number": kinds.are_whole_numbers,
    "currency": kinds.are_currencies,
    "from_currency": kinds.are_currencies,
    "to_currency": kinds.are_currencies,
    "rate_date": kinds.are_dates,
    "rate": kinds.are_numbers,
    "age": kinds.are_whole_numbers,
    "birthday": kinds.are_dates,
    "registration_date": kinds.are_dates,
    "opened_on": kinds.are_dates,
    "area_m2": kinds.are_numbers,
}

# Words that say no more than that a column identifies something.
_IDENTIFYING = re.compile(r"(^|_)(no|nr|num|number|nummer|numero|n|id|code|codigo|key)(?=_|$)")
_ENDING = re.compile(r"s?(nummer|number|nr|no|id|code)$")


def assign(sample: Sample, kind: str, taken: Iterable[str] = ()) -> dict[str, str]:
    """The column of each role, as far as it can be told.

    Args:
        sample: What the files show.
        kind: The part of names.yml that has the roles.
        taken: Columns that have a role already.
    """
    used = set(taken)
    found: dict[str, str] = {}
    for variant in (_squeezed, _bare, _without_currency):
        for role, names in _names()[kind].items():
            is_settled = role in found or (variant is _bare and role in _AMOUNTS)
            for name in () if is_settled else _flat(names):
                fitting = (
                    column
                    for column in sample.columns
                    if column not in used
                    and variant(column) == _squeezed(name)
                    and _fits(role, sample.values(column))
                )
                if column := next(fitting, None):
                    found[role] = column
                    used.add(column)
                    break
    return found


@functools.cache
def _names() -> Mapping[str, Mapping[str, Any]]:
    text = Path(__file__).with_name("names.yml").read_text(encoding="utf-8")
    names: Mapping[str, Mapping[str, Any]] = yaml.safe_load(text)
    return names


def _flat(names: Any) -> Iterator[str]:
    for name in names:
        if isinstance(name, str):
            yield name
        else:
            yield from _flat(name)


def _fits(role: str, values: list[str]) -> bool:
    if role in _AMOUNTS:
        nothing = project.variables()["no_value"]
        values = [value for value in values if value.lower() not in nothing]
    return not values or role not in _KINDS or _KINDS[role](values)


def _squeezed(name: str) -> str:
    """A name without underscores and accents: `Stückpreis` and `stueck_preis` are the same."""
    spelled = name.translate({ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"})
    letters = unicodedata.normalize("NFKD", spelled)
    return "".join(letter for letter in letters if letter.isalnum())


def _bare(name: str) -> str:
    """A name without the words that only say that it identifies something."""
    words = _squeezed(_IDENTIFYING.sub("_", name))
    return _ENDING.sub("", words) or words


def _without_currency(name: str) -> str:
    """A name without the currency that it names: `unit_price_usd` is `unit_price`."""
    return _squeezed("_".join(word for word in name.split("_") if not kinds.is_currency(word)))
