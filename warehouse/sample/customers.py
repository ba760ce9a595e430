"""The shop's customers: who they are, when they came, how long they stay, where they move."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from warehouse.sample import text
from warehouse.sample.categories import AGE_BANDS, GENDERS
from warehouse.sample.cities import CITIES
from warehouse.sample.draws import Draws, Ints, apportion

# Customers in percent of the sales lines, and how many of them came before the first day, over how
# many days.
PER_SALES_LINE = 8
FROM_BEFORE = 25
DAYS_BEFORE = 1096

# One in so many registers without buying anything that day.
ONLY_LOOKS = 12

# How often a customer moves to another city, in percent (once at most).
MOVES = 12

GENDER_WEIGHTS = (53, 44, 3)

# Ages at the first day: how many, in thousandths, from and below which age.
AGES = ((45, 16, 18), (180, 18, 25), (270, 25, 35), (285, 35, 50), (160, 50, 65), (60, 65, 92))

# For how long customers come back, in days after the registration: how many, in percent, from and
# below. The first never come back, most of the last are still there in the end.
LIFETIMES = ((34, 0, 1), (20, 7, 60), (18, 60, 240), (14, 240, 720), (14, 720, 3650))

# How often a customer comes, compared with others: one of these at random.
VISITS = (1, 1, 1, 2, 2, 3, 4, 6)

# The highest numbers of the id's width stay free: the dirt makes unknown customers of them.
_FREE_IDS = 1000

_DAYS_IN_FOUR_YEARS = 1461


@dataclass(frozen=True)
class Customers:
    """All customers, ordered by registration; positions count from 0, ids from 1.

    Days are counted from the first day of the files, and may be negative.

    Attributes:
        id_width: digits of their ids.
        registered: the day of the registration.
        stays_until: the last day on which the customer may come.
        age_days: the age on the first day, in days.
        gender: a position in GENDERS.
        city: the first city, a position in CITIES.
        new_city: the city after a move.
        moved: the day of the move, or one after the last.
        known_by: how many customers there are at the end of each day.
        tickets: each customer as often as he comes; drawing one is drawing a visitor.
        tickets_by: how many tickets belong to the customers of each day.
        by_move: the customers that move, in the order of the days.
        registration_dates: the dates that `registered` counts, from DAYS_BEFORE on.
    """

    id_width: int
    registered: Ints
    stays_until: Ints
    age_days: Ints
    gender: Ints
    city: Ints
    new_city: Ints
    moved: Ints
    known_by: Ints
    tickets: Ints
    tickets_by: Ints
    by_move: Ints
    registration_dates: text.Text

    def __len__(self) -> int:
        return len(self.registered)

    def new_on(self, day: int) -> Ints:
        """The customers that registered on a day; on the first, all from before too."""
        first = int(self.known_by[day - 1]) if day else 0
        return np.arange(first, int(self.known_by[day]), dtype=np.int64)

    def listed_on(self, day: int) -> Ints:
        """The customers that the day's file holds: those that came or moved."""
        low, high = np.searchsorted(self.moved[self.by_move], [day, day + 1])
        return np.concatenate([self.new_on(day), self.by_move[low:high]])

    def columns(self, day: int, listed: Ints) -> list[text.Text]:
        """The columns of `customer_data`, clean."""
        city = np.where(self.moved[listed] <= day, self.new_city[listed], self.city[listed])
        since = self.registered[listed] + DAYS_BEFORE
        return [
            text.numbered("C", listed + 1, self.id_width),
            text.plain(self._age(listed, day)),
            _GENDER_NAMES.take(self.gender[listed]),
            _CITY_NAMES.take(city),
            self.registration_dates.take(since),
        ]

    def segment(self, chosen: Ints, day: int) -> Ints:
        """The group of gender and age that decides what customers buy."""
        band = np.searchsorted(AGE_BANDS, self._age(chosen, day), side="right")
        return self.gender[chosen] * (len(AGE_BANDS) + 1) + band

    def _age(self, chosen: Ints, day: int) -> Ints:
        return (self.age_days[chosen] + day) * 4 // _DAYS_IN_FOUR_YEARS

    def visitors(self, day: int, count: int, draws: Draws) -> Ints:
        """Draw the customers of `count` visits: first the new ones, then those that return."""
        new = self.new_on(day) if day else np.empty(0, dtype=np.int64)
        new = new[draws.below(ONLY_LOOKS, len(new)) > 0][:count]
        return np.concatenate([new, self._returning(day, count - len(new), draws)])

    def _returning(self, day: int, count: int, draws: Draws) -> Ints:
        found = np.empty(0, dtype=np.int64)
        # Most tickets of a late day belong to customers that have left. The last round takes
        # anyone: some do come back after years.
        for last_round in (False,) * 8 + (True,):
            missing = count - len(found)
            if not missing:
                break
            drawn = draws.below(int(self.tickets_by[day]), missing if last_round else missing * 3)
            candidates = self.tickets[drawn]
            if not last_round:
                candidates = candidates[self.stays_until[candidates] >= day]
            found = np.concatenate([found, candidates[:missing]])
        return found


_GENDER_NAMES = pa.array(GENDERS)
_CITY_NAMES = pa.array(CITIES)


def make_customers(rows: int, days: tuple[date, ...], sales: Ints, draws: Draws) -> Customers:
    """Make as many customers as a shop of `rows` sales lines has; `sales` is the number by day."""
    count = max(rows * PER_SALES_LINE // 100, 20)
    before = count * FROM_BEFORE // 100
    new = apportion(count - before, sales)
    registered = np.concatenate(
        [
            np.sort(draws.below(DAYS_BEFORE, before)) - DAYS_BEFORE,
            np.repeat(np.arange(len(days), dtype=np.int64), new),
        ]
    )
    tickets = np.array(VISITS, dtype=np.int64)[draws.below(len(VISITS), count)]
    known_by = before + np.cumsum(new)
    city = draws.pick(_cumulative(CITIES.values()), count)
    moved = _moves(registered, len(days), draws)
    by_move = np.argsort(moved, kind="stable")
    birthday = _from_ranges(AGES, count, draws) * _DAYS_IN_FOUR_YEARS // 4 + 1
    age_days = birthday + draws.below(365, count)
    return Customers(
        id_width=max(6, len(str(count + _FREE_IDS))),
        registered=registered,
        stays_until=registered + _from_ranges(LIFETIMES, count, draws),
        age_days=age_days,
        gender=draws.pick(_cumulative(GENDER_WEIGHTS), count),
        city=city,
        new_city=(city + 1 + draws.below(len(CITIES) - 1, count)) % len(CITIES),
        moved=moved,
        known_by=known_by,
        tickets=np.repeat(np.arange(count, dtype=np.int64), tickets),
        tickets_by=np.cumsum(tickets)[known_by - 1],
        by_move=by_move[moved[by_move] < len(days)],
        registration_dates=_dates(days[0] - timedelta(days=DAYS_BEFORE), DAYS_BEFORE + len(days)),
    )


def _moves(registered: Ints, days: int, draws: Draws) -> Ints:
    count = len(registered)
    day = 1 + draws.below(max(days - 1, 1), count)
    moves = (draws.below(100, count) < MOVES) & (day > registered)
    return np.where(moves, day, days)


def _from_ranges(ranges: tuple[tuple[int, int, int], ...], count: int, draws: Draws) -> Ints:
    weights, low, high = (np.array(column, dtype=np.int64) for column in zip(*ranges, strict=True))
    chosen = draws.pick(np.cumsum(weights), count)
    return low[chosen] + draws.below((high - low)[chosen], count)


def _cumulative(weights: Iterable[int]) -> Ints:
    return np.cumsum(list(weights), dtype=np.int64)


def _dates(first: date, count: int) -> text.Text:
    return pa.array([(first + timedelta(days=day)).isoformat() for day in range(count)])
