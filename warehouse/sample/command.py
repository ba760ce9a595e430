"""The command `warehouse sample`."""

import sys
import time
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track

from warehouse import environment
from warehouse.errors import UserError
from warehouse.sample.folder import GENERATOR, Manifest, SampleFolder
from warehouse.sample.generate import Arguments, generate

# Of the bytes that the same arguments give: raised with every change to them.
VERSION = 1

LEAST_ROWS = 100
MOST_ROWS = 1_000_000_000
FIRST_YEAR, LAST_YEAR = 1970, 2099


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

    The same arguments give the same bytes on any machine. What the files hold, how much of it is
    dirty and what a warehouse must make of it is in the folder's manifest.json.
    """
    arguments = _arguments(rows, seed, first, last)
    started = time.monotonic()
    folder = SampleFolder(to)
    with folder.locked():
        manifest = folder.complete()
        if manifest and manifest["arguments"] == _as_json(arguments):
            click.echo(f"{_shown(to)} is up to date: {_summary(manifest)}")
            return
        folder.refuse_foreign_files()
        try:
            manifest = _make(folder, arguments)
        except OSError as error:
            raise UserError(f"{error.filename or to} cannot be written: {error.strerror}") from None
    seconds = time.monotonic() - started
    click.echo(f"{_shown(to)}: {_summary(manifest)}, in {seconds:.1f} s")


def _make(folder: SampleFolder, arguments: Arguments) -> Manifest:
    files = folder.start()
    try:
        truth = generate(arguments, files, _progress)
    finally:
        files.close()
    manifest = {
        "generator": GENERATOR,
        "arguments": _as_json(arguments),
        **truth,
        **files.summary(),
    }
    folder.put_in_place(manifest)
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
    if not (digits.isascii() and digits.isdecimal() and least <= int(digits[:20]) <= most):
        raise UserError(f"--{name} is {value!r}: give a whole number from {least:,} to {most:,}")
    return int(digits)


def _day(name: str, value: str) -> date:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise UserError(
            f"--{name} is {value!r}: give a day from {FIRST_YEAR}-01-01 to {LAST_YEAR}-12-31"
        )
    return day


def _progress(days: range) -> Iterable[int]:
    console = Console(stderr=True)
    if console.is_terminal:
        yield from track(days, description="Writing days", console=console)
        return
    for day in days:
        if day and day * 10 // len(days) != (day - 1) * 10 // len(days):
            print(f"{day:,} of {len(days):,} days written", file=sys.stderr, flush=True)
        yield day


def _shown(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_absolute() and path.is_relative_to(here) else path


def _summary(manifest: Manifest) -> str:
    expected, counts = manifest["expected"], ("sales", "products", "customers")
    files = len(manifest["files"])
    size = sum(file["bytes"] for file in manifest["files"].values()) / 1e6
    current = ", ".join(f"{expected[name]['current']:,} {name}" for name in counts)
    lines = manifest["sales_data"]["lines"]
    return f"{lines:,} sales lines ({current}) in {files:,} files, {size:,.1f} MB"
