"""What `warehouse new-source` prints."""

import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from warehouse import terminal
from warehouse.ingest.sources import active_names
from warehouse.new_source import project
from warehouse.new_source.mapping import Mapping as Columns
from warehouse.new_source.stream import Stream


def understood(kind: str, stream: Stream) -> None:
    """Say which column of a stream plays which part."""
    mapping, sample = stream.mapping, stream.mapping.sample
    settings = {key: value for key, value in asdict(sample.dialect).items() if value is not None}
    dialect = ", ".join(f"{key} {value!r}" for key, value in settings.items())
    terminal.say(f"{kind}: {stream.place} → raw.{stream.table}")
    terminal.say(f"  {dialect}")
    if "url" in stream.settings:
        pages = stream.settings.get("pages", "there is one page")
        terminal.say(f"  pages: {pages}".replace("'", ""))
    rows = [
        [role, mapping.header(column), next(iter(sample.values(column)), "")[:40]]
        for role, column in mapping.found.items()
    ]
    rows += [[role, "?", "to be chosen"] for role in mapping.open]
    terminal.table(["  part", "column", "as in"], [[f"  {row[0]}", *row[1:]] for row in rows])
    for remark in mapping.remarks:
        terminal.say(f"  {remark}")
    if mapping.unused:
        terminal.say("  not used: " + ", ".join(map(mapping.header, mapping.unused)))
    terminal.say()


def missing_rates(root: Path, streams: Mapping[str, Columns], currency: str) -> None:
    """Say that amounts in another currency than the reporting one wait for exchange rates."""
    reporting = os.environ["WAREHOUSE_REPORTING_CURRENCY"]
    column = streams["sales"].found.get("currency")
    others = {currency, *(streams["sales"].sample.values(column) if column else ())} - {reporting}
    if others and "exchange_rates" not in streams and not project.has_rates(root):
        terminal.say(
            f"There are no exchange rates: amounts in {', '.join(sorted(others))} stay out of the "
            f"sums in {reporting} until {project.RATES} or a list of rates (RATES=) has them."
        )


def next_steps(name: str, changed: Mapping[Path, str], currency: str, time_zone: str) -> None:
    """Say what was written, and what to do next."""
    terminal.say("Written: " + ", ".join(map(str, changed)))
    terminal.say()
    terminal.say("Next:")
    for path, content in changed.items():
        for number, line in enumerate(content.splitlines(), 1):
            if "-- CHOOSE" in line:
                terminal.say(f"- {path}:{number}: {line.strip().removeprefix('-- ')}")
    terminal.say(f"- {project.SEED}: is {currency} the currency, and {time_zone} the time zone?")
    active = ",".join(dict.fromkeys([*active_names(), name]))
    terminal.say(f"- in .env: WAREHOUSE_SOURCES={active}")
    terminal.say("- make run")
