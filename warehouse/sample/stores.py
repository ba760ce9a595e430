"""The shop's stores, one of them abroad, and what the money of that one is worth."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from warehouse.sample import text
from warehouse.sample.draws import Draws, Ints

COLUMNS = ("store_id", "name", "city", "country", "opened_on", "area_m2")
RATE_COLUMNS = ("rate_date", "from_currency", "to_currency", "rate")

# The shop's own currency, then others.
CURRENCIES = ("EUR", "CHF")
OWN = 0

# Rates are whole ten-thousandths, as in the files: one franc is about 1.0400 euros.
RATE_UNIT = 10_000
_PAR = 10_400

# A list has no rates of the weekend, so the first day of all may need one from before.
_DAYS_BEFORE = 7

ID_WIDTH = 2


@dataclass(frozen=True)
class Store:
    """A store or channel.

    Attributes:
        name: its name.
        city: where it is; a channel is nowhere.
        country: the country of that.
        share: how many visits end here, in percent.
        currency: a position in CURRENCIES.
    """

    name: str
    city: str
    country: str
    share: int
    currency: int = OWN


STORES = (
    Store("Online", "", "", 84),
    Store("Northaven Quayside", "Northaven", "Aurelia", 5),
    Store("Port Aurel, Old Market", "Port Aurel", "Aurelia", 4),
    Store("Königsbrück Arcades", "Königsbrück", "Aurelia", 3),
    Store("Zürich Bahnhofstrasse", "Zürich", "Switzerland", 4, currency=1),
)

_SHARES = np.cumsum([store.share for store in STORES], dtype=np.int64)
_CURRENCY_OF = np.array([store.currency for store in STORES], dtype=np.int64)
_CURRENCY_NAMES = pa.array([CURRENCIES[store.currency] for store in STORES])


def choose_stores(count: int, draws: Draws) -> Ints:
    """Draw the stores of `count` visits, as positions in STORES."""
    return draws.pick(_SHARES, count)


def currency_of(store: Ints) -> Ints:
    """The currencies that stores sell in, as positions in CURRENCIES."""
    currency: Ints = _CURRENCY_OF[store]
    return currency


def store_ids(store: Ints) -> text.Text:
    """The ids of stores."""
    return text.numbered("T", store + 1, ID_WIDTH)


def currency_codes(store: Ints) -> text.Text:
    """The codes of the currencies that stores sell in."""
    return _CURRENCY_NAMES.take(store)


def store_columns(first: date, draws: Draws) -> list[text.Text]:
    """The columns of `store_data`: all are there from the first day."""
    count = len(STORES)
    age = 365 + draws.below(4000, count)
    area = 150 + draws.below(1200, count)
    return [
        store_ids(np.arange(count, dtype=np.int64)),
        pa.array([store.name for store in STORES]),
        pa.array([store.city for store in STORES]),
        pa.array([store.country for store in STORES]),
        pa.array([(first - timedelta(days=int(days))).isoformat() for days in age]),
        pa.array(
            [str(size) if store.city else "" for store, size in zip(STORES, area, strict=True)]
        ),
    ]


@dataclass(frozen=True)
class Rates:
    """What one unit of the other currency is in the shop's own, day by day.

    Attributes:
        first: the day of the first rate, some days before that of the files.
        told: the rate of each day; one of a weekend is in no list.
        by_day: the last one known on each day of the files.
    """

    first: date
    told: Ints
    by_day: Ints

    def columns(self, days: list[date]) -> list[text.Text]:
        """The columns of `rate_data`, of days that have a rate."""
        positions = np.array([(day - self.first).days for day in days], dtype=np.int64)
        return [
            *(
                pa.array(column, pa.string())
                for column in (
                    [day.isoformat() for day in days],
                    [CURRENCIES[1]] * len(days),
                    [CURRENCIES[OWN]] * len(days),
                    [
                        f"{rate // RATE_UNIT}.{rate % RATE_UNIT:04}"
                        for rate in self.told[positions].tolist()
                    ],
                )
            )
        ]

    def told_in_month(self, day: date) -> list[date]:
        """The days of the list that comes on a day: those of its month, on the first one of it.

        The first list of all begins before.
        """
        begins = self.first + timedelta(days=_DAYS_BEFORE)
        if day != begins and day.day != 1:
            return []
        ends = begins + timedelta(days=len(self.by_day))
        start = self.first if day == begins else day
        following = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
        days = (
            start + timedelta(days=number) for number in range((min(following, ends) - start).days)
        )
        return [day for day in days if _has_rate(day)]


def make_rates(days: tuple[date, ...], draws: Draws) -> Rates:
    """Let the rate wander around its par."""
    first = days[0] - timedelta(days=_DAYS_BEFORE)
    steps = draws.below(61, len(days) + _DAYS_BEFORE) - 30
    rate, told, known, last = _PAR, [], [], _PAR
    for number, step in enumerate(steps.tolist()):
        rate += step + (_PAR - rate) // 100
        told.append(rate)
        last = rate if _has_rate(first + timedelta(days=number)) else last
        known.append(last)
    return Rates(
        first, np.array(told, dtype=np.int64), np.array(known[_DAYS_BEFORE:], dtype=np.int64)
    )


def _has_rate(day: date) -> bool:
    return day.weekday() < 5
