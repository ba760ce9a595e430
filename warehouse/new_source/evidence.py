"""What is looked for in all rows: one in a million may tell how the others are meant."""

import functools
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from warehouse.new_source import kinds
from warehouse.new_source.ids import Place, UsedNumbers
from warehouse.new_source.rows import Batch
from warehouse.new_source.sample import Sample


@dataclass
class Numbers:
    """How numbers are written.

    Attributes:
        signs: The decimal signs that they show.
        first: One of them; empty if there is none.
    """

    signs: set[str] = field(default_factory=set)
    first: str = ""

    def add(self, values: Iterable[str]) -> None:
        """Look at some."""
        self.first = self.first or next(iter(values), "")
        self.signs |= kinds.decimal_signs(values)


@dataclass
class Dates:
    """How dates are written.

    Attributes:
        orders: What stands first in those that show it: `day`, `month`, or both.
        unclear: One that could be read in both ways; empty if there is none.
        have_short_years: Whether there are years of two digits.
        are_instants: Whether there are moments, with their distance from UTC.
    """

    orders: set[str] = field(default_factory=set)
    unclear: str = ""
    have_short_years: bool = False
    are_instants: bool = False

    def add(self, values: Iterable[str]) -> None:
        """Look at some."""
        days = dict.fromkeys(value.partition(" ")[0] for value in values)
        self.orders |= kinds.date_orders(days)
        self.unclear = self.unclear or next(filter(kinds.has_unclear_order, days), "")
        self.have_short_years = self.have_short_years or any(map(kinds.has_short_year, days))
        # One of those that end alike.
        ends = {value[-6:]: value for value in values}.values()
        self.are_instants = self.are_instants or any(map(kinds.is_instant, ends))


@dataclass(frozen=True)
class NumberColumns:
    """The column with the numbers of orders or lines, and those that tell where they stand.

    Attributes:
        number: The column with the numbers.
        day: That of the day.
        customer: That of the customer, if there is one.
        store: That of the store, if there is one.
        quantity: That of the quantity, if there is one: what comes back may come late.
        date_order: What comes first in a date, `day` or `month`.
    """

    number: str
    day: str
    customer: str | None
    store: str | None
    quantity: str | None
    date_order: str


def look_at_all(
    sample: Sample,
    looks: Iterable[tuple[str, Numbers | Dates]],
    used: Mapping[NumberColumns, UsedNumbers],
) -> None:
    """Look at all rows once.

    Args:
        sample: The files.
        looks: The columns to be looked at, and what is found out.
        used: The same of numbers that may be used again.
    """
    looks = list(looks)
    for batch in itertools.chain(sample.batches, sample.further):
        for column, look in looks:
            look.add(batch.distinct(sample.columns.index(column)))
        for columns, numbers in used.items():
            numbers.add(_places(batch, columns, sample.columns, numbers.keeps))


def _places(
    batch: Batch, columns: NumberColumns, names: Sequence[str], keeps: Callable[[str], bool]
) -> Iterable[tuple[str, Place]]:
    def of(column: str | None) -> Iterable[str | None]:
        return batch.columns[names.index(column)] if column else itertools.repeat(None)

    read = functools.cache(functools.partial(kinds.day, order=columns.date_order))
    kept = {number: number.strip() for number in set(of(columns.number)) if number}
    kept = {number: plain for number, plain in kept.items() if plain and keeps(plain)}
    fields = map(of, (columns.number, columns.day, columns.customer, columns.store))
    lines = dict.fromkeys(
        line
        for line, quantity in zip(zip(*fields, strict=False), of(columns.quantity), strict=False)
        if line[0] in kept and not (quantity and quantity.startswith("-"))
    )
    for number, *others in lines:
        day, customer, store = ((field or "").strip() for field in others)
        yield kept[number], Place(batch.file, read(day.partition(" ")[0]), customer, store)
