"""What of a report is asked for: a part of its time, one category, one source system.

A report says by the macro `asked_for` which of its columns that is; the compiled query has a
comment with their names, in whose place the condition is put.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from warehouse.errors import UserError

_PLACE = re.compile(r"true /\* asked for: (.*?) \*/")
_PERIOD = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")


@dataclass(frozen=True)
class Asked:
    """What is asked for; nothing is everything.

    Attributes:
        since: The first day.
        until: The last day.
        category: Of the products.
        source: A source system.
    """

    since: date | None = None
    until: date | None = None
    category: str | None = None
    source: str | None = None

    def of(self, query: str, report: str) -> str:
        """A compiled query, of what is asked for.

        Args:
            query: The query.
            report: The name of the report, for people.

        Raises:
            UserError: The report does not know what is asked for.
        """
        known = takes(query)
        for option, value in self._options().items():
            if value and option not in known:
                what = f"takes {', '.join(known)}" if known else "is always of everything"
                raise UserError(f"the report {report} takes no {option}: it {what}")
        return _PLACE.sub(lambda place: self.condition(**_columns(place[1])), query)

    def said(self, title: str) -> str:
        """The title of a report, with what of it is asked for."""
        parts = [
            f"since {self.since}" if self.since else None,
            f"until {self.until}" if self.until else None,
            self.category,
            self.source,
        ]
        return ", ".join([title, *(part for part in parts if part)])

    def _options(self) -> dict[str, object]:
        return {
            "FROM": self.since,
            "TO": self.until,
            "CATEGORY": self.category,
            "SOURCE": self.source,
        }

    def condition(self, **columns: str) -> str:
        """It as a condition of SQL.

        Args:
            columns: Those of the day, year, category and source, as far as there are.
        """
        conditions = []
        for column, day in ((columns.get("day"), "date '{}'"), (columns.get("year"), "{:%Y}")):
            if column and self.since:
                conditions.append(f"{column} >= {day.format(self.since)}")
            if column and self.until:
                conditions.append(f"{column} <= {day.format(self.until)}")
        for what, value in (("category", self.category), ("source", self.source)):
            if value and what in columns:
                conditions.append(f"{columns[what]} = {_quoted(value)}")
        return " and ".join(conditions) or "true"


def takes(query: str) -> list[str]:
    """The options that a compiled query takes."""
    columns = {what for place in _PLACE.findall(query) for what in _columns(place)}
    options = {"FROM": {"day", "year"}, "TO": {"day", "year"}}
    options |= {"CATEGORY": {"category"}, "SOURCE": {"source"}}
    return [option for option, names in options.items() if names & columns]


def first_day(text: str) -> date:
    """The first day of a day, month or year: `2025-03-07`, `2025-03`, `2025`.

    Raises:
        UserError: It is none.
    """
    found = _PERIOD.fullmatch(text)
    try:
        if found:
            return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        pass
    raise UserError(f"{text!r} is no day, month or year: write 2025-03-07, 2025-03 or 2025")


def last_day(text: str) -> date:
    """The last day of it.

    Raises:
        UserError: It is none.
    """
    day = first_day(text)
    match text.count("-"):
        case 0:
            return date(day.year, 12, 31)
        case 1:
            after = date(day.year + day.month // 12, day.month % 12 + 1, 1)
            return after - timedelta(days=1)
    return day


def _columns(place: str) -> dict[str, str]:
    """What a place names: `day=sale_date, source=source_system`."""
    return dict(each.split("=") for each in place.split(", ") if each)


def _quoted(text: str) -> str:
    # In ClickHouse a backslash begins an escape, and in the others it does not.
    if "\\" in text:
        raise UserError(f"{text!r} holds a backslash: no category and no source system does")
    return "'" + text.replace("'", "''") + "'"
