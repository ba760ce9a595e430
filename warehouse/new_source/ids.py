"""Whether the numbers of orders or lines are used again."""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable

_YEAR = re.compile(r"(19|20)\d\d")

# Of the numbers of a year, the share that must stand in another year, too: here and there a number
# comes again since a sale is corrected in the next year.
_LEAST_SHARED = 0.05


def begin_anew(numbers: Iterable[tuple[str, str]]) -> bool:
    """Whether numbers begin anew each year.

    Args:
        numbers: Each number with the date beside it.
    """
    of_years: dict[str, set[str]] = defaultdict(set)
    for number, date in numbers:
        if year := _YEAR.search(date):
            of_years[year[0]].add(number)
    years = sorted(of_years)
    return any(
        len(of_years[one] & of_years[next_])
        > _LEAST_SHARED * min(map(len, (of_years[one], of_years[next_])))
        for one, next_ in itertools.pairwise(years)
    )
