"""The daily and the monthly road, and the backup, as jobs; and when they run."""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

import dagster as dg

from orchestration import build, copies, files
from orchestration.graph import keys, manifest
from warehouse.errors import UserError
from warehouse.project import ENGINES
from warehouse.road.steps import ROADS, Road

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import (
        UnresolvedAssetJobDefinition as Job,
    )

ENGINE_ASSETS = {engine: build.on(engine) for engine in ENGINES}

KEYS = {
    unique_id: key for assets in ENGINE_ASSETS.values() for unique_id, key in keys(assets).items()
}

_OFF = "off"
_PROOF = "test.warehouse.archive_is_as_it_was_written"


def _job(name: str, selection: dg.AssetSelection, description: str) -> "Job":
    return dg.define_asset_job(
        name,
        selection,
        description=description,
        # To start Python and read dbt's code takes longer than many a step.
        executor_def=dg.in_process_executor,
        # The page shows all that a run says; the terminal what is wrong.
        config={"loggers": {"console": {"config": {"log_level": "WARNING"}}}},
    )


def _built_by(road: Road) -> dg.AssetSelection:
    """The assets and checks of a road's steps, as dbt selected them."""
    return _chosen(unique_id for step in road for unique_id in manifest()["built_by"][step.name])


def _chosen(unique_ids: Iterable[str]) -> dg.AssetSelection:
    found = [KEYS[unique_id] for unique_id in unique_ids]
    checks = [key for key in found if isinstance(key, dg.AssetCheckKey)]
    assets = [key for key in found if not isinstance(key, dg.AssetCheckKey)]
    return dg.AssetSelection.assets(*assets).without_checks() | dg.AssetSelection.checks(*checks)


daily = _job(
    "daily",
    dg.AssetSelection.assets(files.load)
    | _built_by(ROADS["daily"])
    | dg.AssetSelection.assets(copies.catalogue),
    "What a day brings: the load, the star, ClickHouse, the snapshots, the catalogue.",
)
monthly = _job(
    "monthly",
    _built_by(ROADS["monthly"]) | _chosen([_PROOF]) | dg.AssetSelection.assets(copies.parquet),
    "The months that are over: hand-over, archive, proof, questions over years, Parquet, Iceberg.",
)
backup = _job(
    "backup",
    dg.AssetSelection.assets(copies.backup),
    "All that the warehouse holds, as of one moment, while nothing else runs.",
)


def _schedule(
    job: "Job", setting: str, usual: str, *, is_usual: bool = True
) -> dg.ScheduleDefinition:
    """When a job runs; of the times that were missed the last one is caught up."""
    times = os.environ.get(setting) or (usual if is_usual else _OFF)
    is_on = times.lower() != _OFF
    try:
        return dg.ScheduleDefinition(
            job=job,
            cron_schedule=times if is_on else usual,
            execution_timezone=os.environ.get("WAREHOUSE_SCHEDULE_ZONE") or "UTC",
            default_status=dg.DefaultScheduleStatus.RUNNING
            if is_on
            else dg.DefaultScheduleStatus.STOPPED,
        )
    except dg.DagsterInvalidDefinitionError as error:
        raise UserError(f"{setting} is {times!r}: {str(error).splitlines()[0]}") from None


schedules = [
    _schedule(daily, "WAREHOUSE_DAILY", "0 4 * * *"),
    _schedule(monthly, "WAREHOUSE_MONTHLY", "0 6 2 * *"),
    _schedule(backup, "WAREHOUSE_BACKUP", "0 2 * * *", is_usual=False),
]
