"""The commands `up`, `down`, `status` and `clean`."""

import sys

import click

from warehouse.engines import lifecycle


@click.command()
def up() -> None:
    """Start the embedded engines, or do nothing if they run."""
    lifecycle.up()


@click.command()
def down() -> None:
    """Stop the embedded engines; what they hold stays."""
    lifecycle.down()


@click.command()
def clean() -> None:
    """Stop the engines and delete everything that runs have made; your data files stay."""
    lifecycle.clean()


@click.command()
def status() -> None:
    """Say of the three engines where they are, their version and size, and whether they answer."""
    from warehouse.engines import status as engines_status

    if not engines_status.show():
        sys.exit(1)
