"""The raw tables, which the load fills from files."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration.build import BY_DAGSTER
from orchestration.graph import TRANSLATOR, manifest
from orchestration.retries import RETRIES, failure
from warehouse import environment
from warehouse.engines import lifecycle
from warehouse.engines.lock import exclusive
from warehouse.errors import UserError
from warehouse.ingest.command import load_files
from warehouse.runs import loads
from warehouse.runs.record import Run

LOAD = "load"


@dg.multi_asset(
    name=LOAD,
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
    run = Run(context.job_name, by=BY_DAGSTER, run=context.run_id)
    lifecycle.ensure_up()
    try:
        with exclusive(environment.home(), "road"), loads.recorded(run):
            load_files()
    except UserError as error:
        raise failure(str(error)) from None
    record = run.steps[-1]
    for key in context.selected_asset_keys:
        yield dg.MaterializeResult(
            asset_key=key, metadata={"seconds": record.seconds, **(record.load or {})}
        )
