"""The raw tables, which the load fills from files."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration.graph import TRANSLATOR, manifest
from orchestration.retries import RETRIES
from orchestration.step import on_the_road
from warehouse.ingest.command import load_files
from warehouse.runs import loads


@dg.multi_asset(
    name="load",
    specs=[
        TRANSLATOR.get_asset_spec(manifest(), unique_id, None).replace_attributes(
            kinds={"meltano", "postgres"}
        )
        for unique_id in manifest()["sources"]
    ],
    retry_policy=RETRIES,
)
def load(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
    """Load new and changed files, as `warehouse ingest` does."""
    with on_the_road(context) as run, loads.recorded(run):
        load_files()
    record = run.steps[-1]
    for key in context.selected_asset_keys:
        yield dg.MaterializeResult(
            asset_key=key, metadata={"seconds": record.seconds, **(record.load or {})}
        )
