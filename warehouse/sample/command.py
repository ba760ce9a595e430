"""The command `warehouse sample`."""

import time
from collections.abc import Iterator
from pathlib import Path

import click

from warehouse import environment, terminal
from warehouse.errors import UserError
from warehouse.sample.arguments import Arguments
from warehouse.sample.folder import GENERATOR, Manifest, SampleFolder

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
    arguments = Arguments.read(rows, seed, first, last)
    folder = SampleFolder(to)
    started = time.monotonic()
    try:
        with folder.locked():
            manifest = folder.complete()
            if manifest and manifest.get("arguments") == arguments.as_json():
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
    # They need large libraries, and mostly there is nothing to make.
    from warehouse.sample.files import Files
    from warehouse.sample.generate import generate

    with folder.new_files() as aside:
        with Files(aside) as files:
            truth = generate(arguments, files.write, _with_news)
        manifest: Manifest = {
            "generator": GENERATOR,
            "arguments": arguments.as_json(),
            **truth,
            **files.account(),
        }
    folder.move_in(manifest)
    return manifest


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
