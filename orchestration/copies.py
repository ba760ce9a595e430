"""What is made of the tables besides: the archive as Parquet, the catalogue, the backup."""

from collections.abc import Callable
from typing import Any

import dagster as dg

from orchestration.retries import RETRIES
from orchestration.step import on_the_road
from warehouse import project
from warehouse.archive.export.command import export
from warehouse.backup.making import make as make_backup
from warehouse.reporting.catalogue import build as build_catalogue

PARQUET = dg.AssetKey(["copies", "parquet"])
CATALOGUE = dg.AssetKey(["copies", "catalogue"])
BACKUP = dg.AssetKey(["copies", "backup"])


def _asset(
    key: dg.AssetKey, deps: list[dg.AssetKey], make: Callable[[], object], description: str
) -> dg.AssetsDefinition:
    @dg.asset(
        key=key,
        deps=deps,
        group_name="copies",
        description=description,
        retry_policy=RETRIES,
    )
    def copy(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
        with on_the_road(context) as run, run.step(key.path[-1]):
            make()
        return dg.MaterializeResult(metadata={"seconds": run.steps[-1].seconds})

    return copy


parquet = _asset(
    PARQUET,
    [
        dg.AssetKey(["archive", f"historical_{name}"])
        for name in ("sales", *(f"{dimension}s" for dimension in project.DIMENSIONS))
    ],
    export,
    "The archive as Parquet files by month and Iceberg tables: `make export-archive`.",
)
catalogue = _asset(
    CATALOGUE,
    [dg.AssetKey(["history", f"{dimension}s_history"]) for dimension in project.DIMENSIONS],
    build_catalogue,
    "dbt's catalogue over the three engines: `make docs`.",
)
# Of the whole warehouse, whatever was built last: it waits for no table.
backup = _asset(
    BACKUP, [], make_backup, "All that the warehouse holds, in one folder: `make backup`."
)
