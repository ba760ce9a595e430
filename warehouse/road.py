"""The road from files to history, as the make targets walk it.

Each step runs a program that can as well be run by hand: `meltano run load`, `dbt build`.
"""

import os
from datetime import UTC, datetime

import click

from warehouse import environment, progress, terminal
from warehouse.dbt import dbt
from warehouse.engines import lifecycle
from warehouse.engines.lock import exclusive
from warehouse.errors import UserError
from warehouse.ingest.command import ingest
from warehouse.ingest.sources import active_names
from warehouse.reports import show
from warehouse.sample.command import sample
from warehouse.sample.folder import ASIDE, MANIFEST
from warehouse.terminal import Steps


@click.command()
def build() -> None:
    """Build and test the star schema on PostgreSQL and the aggregates on ClickHouse."""
    with exclusive(environment.home(), "road"):
        _build(Steps(2))


@click.command()
@click.option(
    "--month",
    type=click.DateTime(["%Y-%m"]),
    metavar="YYYY-MM",
    help="Archive this month alone, not all that are over.",
)
def archive(month: datetime | None) -> None:
    """Archive the months that are over to Greenplum, with snapshots and analytics."""
    if month and f"{month:%Y-%m}" >= f"{datetime.now(UTC):%Y-%m}":
        raise UserError(f"{month:%Y-%m} is not over (UTC): only months that are over are archived")
    with exclusive(environment.home(), "road"):
        _archive(Steps(4), f"{month:%Y-%m}" if month else None)


@click.command()
@click.option("--force", is_flag=True, help="Build even if nothing is new.")
@click.pass_context
def run(context: click.Context, force: bool) -> None:
    """Walk the whole road; sample files are made if there are no files."""
    steps = Steps(9)
    with steps.step("Engines"):
        lifecycle.up()
    with exclusive(environment.home(), "road"):
        with steps.step("Files"):
            if _lacks_files():
                context.invoke(sample)
        with steps.step("Load new files into PostgreSQL"):
            context.invoke(ingest)
        state = progress.fingerprint()
        if state == progress.last_finished() and not force:
            terminal.say("Nothing is new since the last run: no file, no model, no closed month.")
        else:
            _build(steps)
            _archive(steps, None)
            progress.finished(state)
    show("revenue_by_category")


def _lacks_files() -> bool:
    """Tell whether the shop's files are to be made up: there are none, and none were promised."""
    if "shop" not in active_names() or os.environ.get("SHOP_FILES"):
        return False
    folder = environment.ROOT / "data" / "shop"
    # A run that was killed while it moved them in is to be finished.
    return (folder / ASIDE / MANIFEST).exists() or not any(folder.rglob("*.csv"))


def _build(steps: Steps) -> None:
    with steps.step("PostgreSQL: staging, quarantine and star"):
        dbt("build", target="postgres")
    with steps.step("ClickHouse: hot sales and summaries"):
        dbt("build", target="clickhouse")


def _archive(steps: Steps, month: str | None) -> None:
    only = ["--vars", f"archive_month: '{month}'"] if month else []
    with steps.step("Greenplum: empty landing tables"):
        dbt("run-operation", "prepare_landing", target="greenplum")
    with steps.step("ClickHouse: hand over to Greenplum"):
        dbt("build", "--selector", "landing", *only, target="clickhouse")
    with steps.step("Greenplum: archive, snapshots and analytics"):
        dbt("build", target="greenplum")
    with steps.step("ClickHouse: compare the archive with PostgreSQL"):
        dbt("test", "--selector", "reconciliation", *only, target="clickhouse")
