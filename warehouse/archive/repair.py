"""`warehouse repair-archive`: put right an archive that has sales twice."""

import click

from warehouse import environment, terminal
from warehouse.dbt import dbt
from warehouse.engines import lifecycle
from warehouse.engines.lock import exclusive


@click.command("repair-archive")
@lifecycle.with_engines
def repair_archive() -> None:
    """Make sales that the archive has twice count once; nothing in it is changed or taken away.

    It says what it finds and does (macros/archive/repair_archive.sql), and can be run again.
    """
    with exclusive(environment.home(), "road"):
        dbt("--quiet", "run-operation", "repair_archive", target="greenplum")
    terminal.say("'warehouse verify-archive' proves the archive.")
