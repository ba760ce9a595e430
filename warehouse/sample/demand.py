"""How much the shop sells on which day, of what, at which hour, and how many customers it wins."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from warehouse.sample.categories import CATEGORIES
from warehouse.sample.draws import Draws, Ints

# In percent of an average day, Monday first.
WEEKDAYS = (94, 88, 90, 94, 106, 122, 106)

# Demand added in a year, in percent of that of the first day.
YEARLY_GROWTH = 28

# Days differ by chance by up to this many percent.
NOISE = 12

# Demand by hour of the day: working days peak in the evening, weekends around noon.
# fmt: off
WORKDAY_HOURS = (
    12, 6, 4, 3, 3, 6, 14, 26, 38, 46, 52, 56, 64, 58, 52, 50, 52, 58, 68, 84, 96, 88, 58, 28,
)
WEEKEND_HOURS = (
    20, 12, 7, 4, 3, 4, 8, 18, 36, 62, 82, 90, 88, 84, 80, 78, 76, 72, 70, 72, 74, 64, 44, 28,
)
# fmt: on


@dataclass(frozen=True)
class LoudDay:
    """A day of the year that is unlike its neighbours.

    Attributes:
        name: what is going on.
        falls_on: the date in a year, or None in a year without it.
        demand: percent of what the day would have sold otherwise.
        discount: percent off the list prices.
        categories: the names of those concerned; none means all.
    """

    name: str
    falls_on: Callable[[int], date | None]
    demand: int
    discount: int = 0
    categories: frozenset[str] = frozenset()


def _weekday_of(month: int, weekday: int, nth: int, later: int = 0) -> Callable[[int], date]:
    def falls_on(year: int) -> date:
        first = date(year, month, 1)
        to_weekday = (weekday - first.weekday()) % 7
        return first + timedelta(days=to_weekday + 7 * (nth - 1) + later)

    return falls_on


def _outage(year: int) -> date | None:
    return _weekday_of(9, weekday=1, nth=2)(year) if year % 2 == 0 else None


_SPRING = frozenset({"Garden", "Sports"})

LOUD_DAYS = (
    LoudDay("New Year's Day", lambda year: date(year, 1, 1), demand=55),
    LoudDay("spring campaign, Saturday", _weekday_of(4, 5, 3), 270, 15, _SPRING),
    LoudDay("spring campaign, Sunday", _weekday_of(4, 5, 3, later=1), 240, 15, _SPRING),
    LoudDay("outage of the shop", _outage, demand=9),
    LoudDay("Black Friday", _weekday_of(11, 3, 4, later=1), demand=330, discount=20),
    LoudDay("Cyber Monday", _weekday_of(11, 3, 4, later=4), demand=220, discount=15),
    LoudDay("Christmas Eve", lambda year: date(year, 12, 24), demand=60),
    LoudDay("Christmas Day", lambda year: date(year, 12, 25), demand=30),
)


@dataclass(frozen=True)
class Demand:
    """The shop's calendar.

    Attributes:
        days: the dates.
        mix: demand by day and category.
        discount: percent off the list price by day and category.
    """

    days: tuple[date, ...]
    mix: Ints
    discount: Ints

    @property
    def by_day(self) -> Ints:
        """Demand by day."""
        total: Ints = self.mix.sum(axis=1)
        return total

    def hours(self, day: int) -> Ints:
        """Cumulative demand by hour."""
        weekend = self.days[day].weekday() >= 5
        return np.cumsum(WEEKEND_HOURS if weekend else WORKDAY_HOURS, dtype=np.int64)


def make_demand(first: date, last: date, draws: Draws) -> Demand:
    """Lay out the days from `first` to `last`, both included."""
    count = (last - first).days + 1
    days = tuple(first + timedelta(days=number) for number in range(count))
    noise = 100 - NOISE + draws.below(2 * NOISE + 1, count)
    shares = np.array([category.share for category in CATEGORIES], dtype=np.int64)
    seasons = np.array([category.season for category in CATEGORIES], dtype=np.int64)
    mix = np.empty((count, len(CATEGORIES)), dtype=np.int64)
    discount = np.zeros_like(mix)
    for number, day in enumerate(days):
        growth = 1000 + YEARLY_GROWTH * 10 * number // 365
        level = WEEKDAYS[day.weekday()] * growth * int(noise[number]) // 100_000
        mix[number] = shares * _season_on(seasons, day) * level // 100
        for loud, concerned in _loud_on(day):
            mix[number, concerned] = mix[number, concerned] * loud.demand // 100
            discount[number, concerned] = loud.discount
    return Demand(days, mix, discount)


def seconds_of_day(hours: Ints, draws: Draws, count: int) -> Ints:
    """Draw seconds of the day; `hours` is the cumulative demand by hour."""
    hour = draws.pick(hours, count)
    return hour * 3600 + draws.below(3600, count)


def _season_on(seasons: Ints, day: date) -> Ints:
    """The season on a day: on its way from the middle of one month to that of the next."""
    middle = day.replace(day=15)
    if day < middle:
        left, right = (middle - timedelta(days=20)).replace(day=15), middle
    else:
        left, right = middle, (middle + timedelta(days=20)).replace(day=15)
    passed, span = (day - left).days, (right - left).days
    return (
        seasons[:, left.month - 1] * (span - passed) + seasons[:, right.month - 1] * passed
    ) // span


def _loud_on(day: date) -> list[tuple[LoudDay, list[int]]]:
    return [
        (
            loud,
            [
                position
                for position, category in enumerate(CATEGORIES)
                if not loud.categories or category.name in loud.categories
            ],
        )
        for loud in LOUD_DAYS
        if loud.falls_on(day.year) == day
    ]
