"""What reports and metrics take alike: how they are written, and what of them is asked for."""

import functools
from collections.abc import Callable
from typing import Any

import click

from warehouse.reporting import formats
from warehouse.reporting.asked import Asked, first_day, last_day


def of_answers(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command these options; it is called with `form`, one of formats.FORMATS, and `of`."""

    @click.option(
        "--format", "form", type=click.Choice(formats.FORMATS), default="table", show_default=True
    )
    @click.option("--from", "since", metavar="DAY", help="Since a day, month or year: 2025-03.")
    @click.option("--to", "until", metavar="DAY", help="Until its end.")
    @click.option("--category", metavar="NAME", help="Of one category.")
    @click.option("--source", metavar="SYSTEM", help="Of one source system.")
    @functools.wraps(command)
    def called(
        *,
        since: str | None,
        until: str | None,
        category: str | None,
        source: str | None,
        **rest: Any,
    ) -> None:
        first, last = first_day(since) if since else None, last_day(until) if until else None
        command(of=Asked(first, last, category, source), **rest)

    return called
