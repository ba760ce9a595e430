"""`warehouse ingest`: load the source systems' new files."""

import subprocess

import click

from warehouse import disk, environment, settings
from warehouse.engines import lifecycle
from warehouse.errors import UserError


@click.command()
@lifecycle.with_engines
def ingest() -> None:
    """Load the files of the active source systems that are not loaded yet."""
    load_files()


def load_files() -> None:
    """Load the files of the active source systems that are not loaded yet.

    Raises:
        UserError: A file was refused, or the load failed.
    """
    # Said here, it is said before Meltano has started.
    settings.postgres()
    # After a kill, Meltano takes the load for a running one for five minutes; and if one is really
    # running, this one waits for its files and doubles nothing.
    program = ["meltano", "run", "--force", "load"]
    meltano = subprocess.run(program, cwd=environment.ROOT, check=False)
    if code := meltano.returncode:
        if found := disk.explanation(""):
            raise disk.FullDiskError(f"the load failed: {found}")
        raise UserError(f"the load failed (Meltano's exit code is {code}): see above")
