"""`warehouse ingest`: load the source systems' new files."""

import subprocess

import click

from warehouse import environment, settings
from warehouse.errors import UserError


@click.command()
def ingest() -> None:
    """Load the files of the active source systems that are not loaded yet."""
    # Said here, it is said before Meltano has started.
    settings.postgres()
    meltano = subprocess.run(["meltano", "run", "load"], cwd=environment.ROOT, check=False)
    if code := meltano.returncode:
        raise UserError(f"the load failed (Meltano's exit code is {code}): see above")
