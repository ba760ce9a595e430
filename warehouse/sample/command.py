"""The command `warehouse sample`."""

import re
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click

from warehouse import environment, terminal
from warehouse.errors import UserError
from warehouse.sample.files import Files
from warehouse.sample.folder import GENERATOR, Manifest, SampleFolder
from warehouse.sample.generate import Arguments, generate

# Raised with every change to the bytes that the same arguments give.
VERSION = 1

# Memory grows with the number of customers: about 1.3 GB for 100 million rows.
LEAST_ROWS, MOST_ROWS = 100, 200_000_000
FIRST_YEAR, LAST_YEAR = 1970, 2099

_SECONDS_BETWEEN_NEWS = 5


@click.command()
@click.option("--rows", default="100000", show_default=True, help="Sales lines to write.")
@click.option("--seed", default="1", show_default=True, help="Another seed, another shop.")
@click.option("--from", "first", default="2023-01-01", show_default=True, help="First day.")
@click.option("--until", "last", default="2025-12-31", show_default=True, help="Last day.")
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    default=environment.ROOT / "data" / "shop",
    help="Folder to write to.  [default: data/shop]",
)
def sample(rows: str, seed: str, first: str, last: str, to: Path) -> None:
    """Write the daily CSV files of a made-up online shop.

    The same arguments give the same bytes on any machine. What is in the files, how much of it is
    dirty, and what a warehouse must make of it, stands in the folder's manifest.json.
    """
    arguments = _arguments(rows, seed, first, last)
    folder = SampleFolder(to)
    started = time.monotonic()
    try:
        with folder.locked():
            manifest = folder.complete()
            if manifest and manifest.get("arguments") == _as_json(arguments):
                terminal.say(f"{to} is up to date: {_summary(manifest)}")
                return
            folder.refuse_foreign_files()
            manifest = _make(folder, arguments)
    except OSError as error:
        raise UserError(
            f"{error.filename or to} cannot be written ({error.strerror}): "
            "mend that, or choose another folder --to"
        ) from error
    seconds = time.monotonic() - started
    terminal.say(f"{to}: {_summary(manifest)}, in {terminal.duration(seconds)}")


def _make(folder: SampleFolder, arguments: Arguments) -> Manifest:
    with folder.new_files() as aside:
        with Files(aside) as files:
            truth = generate(arguments, files.write, _with_news)
        manifest: Manifest = {
            "generator": GENERATOR,
            "arguments": _as_json(arguments),
            **truth,
            **files.account(),
        }
    folder.move_in(manifest)
    return manifest


def _as_json(arguments: Arguments) -> dict[str, int | str]:
    return {
        "version": VERSION,
        "rows": arguments.rows,
        "seed": arguments.seed,
        "from": arguments.first.isoformat(),
        "until": arguments.last.isoformat(),
    }


def _arguments(rows: str, seed: str, first: str, last: str) -> Arguments:
    arguments = Arguments(
        rows=_whole_number("rows", rows, LEAST_ROWS, MOST_ROWS),
        seed=_whole_number("seed", seed, 0, 2**63 - 1),
        first=_day("from", first),
        last=_day("until", last),
    )
    if arguments.last < arguments.first:
        raise UserError(f"--until {last} is before --from {first}: give a later day")
    return arguments


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


def _with_news(days: range) -> Iterator[int]:
    """Count the days, and say now and then how far it is."""
    said = time.monotonic()
    for day in days:
        if time.monotonic() - said > _SECONDS_BETWEEN_NEWS:
            said = time.monotonic()
            terminal.say(f"{day:,} of {len(days):,} days written")
        yield day


def _summary(manifest: Manifest) -> str:
    sales, products, customers = (
        manifest["expected"][name]["current"] for name in ("sales", "products", "customers")
    )
    size = terminal.size(sum(file["bytes"] for file in manifest["files"].values()))
    return (
        f"{manifest['arguments']['rows']:,} lines of {sales:,} sales, {products:,} products and "
        f"{customers:,} customers in {len(manifest['files']):,} files, {size}"
    )
