"""Whether the numbers of orders or lines are used again, and what tells them apart."""

import itertools
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

YEAR, FILE, DAY, STORE = ("year", "file", "day", "store")

# Not told from the values: the numbers are used again, and nothing tells them apart.
UNCLEAR = "unclear"

# How many places of numbers are kept. Of more, every second number is left out, with all its
# places, so that what is kept is the whole of fewer numbers.
_MOST_PLACES = 20_000

# The lines of an order are of one day, or some days apart; a late one comes with its customer.
_DAYS_APART = 7
_DAYS_APART_OF_ONE_CUSTOMER = 31

# The share of numbers that must be used again: here and there one is, by mistake.
_LEAST_AGAIN = 0.05
_UNCLEAR_AGAIN = 0.1

# Files whose numbers are mostly those of another one, on other days.
_MOSTLY = 0.5
_LEAST_MOSTLY = 5


class Place(NamedTuple):
    """Where a number stands.

    Attributes:
        file: The number of the file.
        day: The day of the sale; None where it cannot be read.
        customer: The customer; empty for nobody.
        store: The store; empty where there is none.
    """

    file: int
    day: date | None
    customer: str
    store: str


class UsedNumbers:
    """The places of the numbers of one column."""

    def __init__(self, *, has_stores: bool, has_days: bool) -> None:
        """Begin with none.

        Args:
            has_stores: Whether the places tell of stores.
            has_days: Whether the column of the day has no time, so that it can tell numbers apart.
        """
        self._places: dict[str, set[Place]] = defaultdict(set)
        self._mask = 0
        self._scopes: Sequence[str] = (
            YEAR,
            *([STORE] if has_stores else ()),
            FILE,
            *([DAY] if has_days else ()),
        )

    def keeps(self, number: str) -> bool:
        """Whether the places of a number are kept."""
        return not (self._mask and zlib.crc32(number.encode()) & self._mask)

    def add(self, numbers: Iterable[tuple[str, Place]]) -> None:
        """Add some numbers that are kept, with their places."""
        for number, place in numbers:
            self._places[number].add(place)
        while sum(map(len, self._places.values())) > _MOST_PLACES:
            self._mask = self._mask * 2 + 1
            for number in [number for number in self._places if not self.keeps(number)]:
                del self._places[number]

    def within(self) -> str | None:
        """Within what the numbers are unique: `YEAR`, `FILE`, `DAY` or `STORE`.

        Returns:
            None if that is everywhere; `UNCLEAR` if they are used again in none of these ways.
        """
        for scope in self._scopes:
            if self._begin_anew(scope) and self._share_used_again(scope) <= _LEAST_AGAIN:
                return scope
        return UNCLEAR if self._share_used_again(None) > _UNCLEAR_AGAIN else None

    def _begin_anew(self, scope: str) -> bool:
        """Whether two neighbours, such as two years, have numbers in common that are no one's."""
        numbers: dict[object, set[str]] = defaultdict(set)
        for number, places in self._places.items():
            for place in places:
                if (part := _part(place, scope)) is not None:
                    numbers[part].add(number)
        parts = sorted(numbers, key=str)
        return any(
            self._are_others(numbers[one], numbers[other], scope, (one, other))
            for one, other in itertools.pairwise(parts)
        )

    def _are_others(
        self, ours: set[str], theirs: set[str], scope: str, parts: tuple[object, object]
    ) -> bool:
        again = [
            [place for place in self._places[number] if _part(place, scope) in parts]
            for number in ours & theirs
        ]
        smaller = min(len(ours), len(theirs))
        if sum(map(_are_several, again)) > _LEAST_AGAIN * smaller:
            return True
        is_mostly = len(again) > max(_MOSTLY * smaller, _LEAST_MOSTLY - 1)
        return scope == FILE and is_mostly and all(map(_share_no_day, again))

    def _share_used_again(self, scope: str | None) -> float:
        """The share of numbers that stand for several orders within a part."""
        groups: dict[object, list[Place]] = defaultdict(list)
        for number, places in self._places.items():
            for place in places:
                groups[number, _part(place, scope) if scope else None].append(place)
        several = sum(_are_several(places) for places in groups.values() if len(places) > 1)
        return several / (len(groups) or 1)


def _part(place: Place, scope: str) -> object:
    if scope == YEAR:
        return place.day.year if place.day else None
    return {FILE: place.file, DAY: place.day, STORE: place.store}[scope]


def _are_several(places: Sequence[Place]) -> bool:
    """Whether places of one number cannot be those of one order."""
    days = [place.day for place in places if place.day]
    apart = (max(days) - min(days)).days if days else 0
    customers = {place.customer for place in places}
    if len(customers - {""}) > 1:
        return True
    return apart > (_DAYS_APART_OF_ONE_CUSTOMER if customers - {""} else _DAYS_APART)


def _share_no_day(places: Sequence[Place]) -> bool:
    days: dict[int, set[date | None]] = defaultdict(set)
    for place in places:
        days[place.file].add(place.day)
    return len(days) > 1 and not set.intersection(*days.values())
