"""What decides every byte of a sample, read from what the user typed."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Self

from warehouse.errors import UserError

# Raised with every change to the bytes that the same arguments give.
VERSION = 3

# Memory grows with the number of customers: about 1.3 GB for 100 million rows.
LEAST_ROWS, MOST_ROWS = 100, 200_000_000
FIRST_YEAR, LAST_YEAR = 1970, 2099


@dataclass(frozen=True)
class Arguments:
    """The arguments of a sample.

    Attributes:
        rows: sales lines, dirt and all.
        seed: of the random numbers.
        first: the first day.
        last: the last day.
    """

    rows: int
    seed: int
    first: date
    last: date

    @classmethod
    def read(cls, rows: str, seed: str, first: str, last: str) -> Self:
        """Read the arguments.

        Raises:
            UserError: one is not what it should be.
        """
        arguments = cls(
            rows=_whole_number("rows", rows, LEAST_ROWS, MOST_ROWS),
            seed=_whole_number("seed", seed, 0, 2**63 - 1),
            first=_day("from", first),
            last=_day("until", last),
        )
        if arguments.last < arguments.first:
            raise UserError(f"--until {last} is before --from {first}: give a later day")
        return arguments

    def as_json(self) -> dict[str, int | str]:
        """The arguments as the manifest holds them, with the version of the generator."""
        return {
            "version": VERSION,
            "rows": self.rows,
            "seed": self.seed,
            "from": self.first.isoformat(),
            "until": self.last.isoformat(),
        }


def _whole_number(name: str, value: str, least: int, most: int) -> int:
    digits = value.strip().replace("_", "")
    # No number in the range is longer, and Python refuses to read very long ones.
    if not re.fullmatch(r"[0-9]{1,20}", digits) or not least <= int(digits) <= most:
        raise UserError(f"--{name} is {value!r}: give a whole number from {least:,} to {most:,}")
    return int(digits)


def _day(name: str, value: str) -> date:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        day = date.min
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise UserError(
            f"--{name} is {value!r}: give a day from {FIRST_YEAR}-01-01 to {LAST_YEAR}-12-31"
        )
    return day
