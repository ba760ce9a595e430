"""Builds what is chosen on an engine, by the code of `warehouse build --select`."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets

from orchestration.graph import TRANSLATOR, chosen, keys, manifest, nodes, tags_of
from orchestration.retries import RETRIES, failure
from orchestration.step import on_the_road
from warehouse.dbt import FailedError
from warehouse.errors import UserError
from warehouse.project import ENGINES
from warehouse.road import selection
from warehouse.road.steps import ROADS
from warehouse.runs.nodes import FAILED
from warehouse.runs.record import Step

Event = dg.MaterializeResult[Any] | dg.AssetCheckResult


def on(engine: str) -> dg.AssetsDefinition:
    """The assets that an engine builds, any of which can be built alone.

    What reads another engine and is read by it is cut into several steps by Dagster.
    """

    @dbt_assets(
        manifest=manifest(),
        select=tags_of(engine),
        exclude="test_type:unit",
        name=engine,
        dagster_dbt_translator=TRANSLATOR,
        retry_policy=RETRIES,
    )
    def build(context: dg.AssetExecutionContext) -> Iterator[Event]:
        yield from _build(context, engine)

    return build


def _build(context: dg.AssetExecutionContext, engine: str) -> Iterator[Event]:
    results: Any = ()
    error: UserError | None = None
    with on_the_road(context) as run:
        # What was built before something failed is told as well.
        try:
            with run.step(_name(context.job_name, engine), engine) as record:
                results = selection.step(engine, chosen(context), nodes()).run().results
                record.ran(results)
        except UserError as raised:
            error = raised
            results = getattr(raised, "results", ())
    yield from _events(results, run.steps[-1], keys(context.assets_def))
    if error:
        has_failed_test = isinstance(error, FailedError) and any(
            str(each.status) == "fail" for each in results
        )
        raise failure(run.steps[-1].why or str(error), may_pass=not has_failed_test)


def _name(job: str, engine: str) -> str:
    """The name of the road's step on an engine; outside of a road it is that of the engine."""
    return next((step.name for step in ROADS.get(job, ()) if step.target == engine), engine)


def _events(
    results: Any, record: Step, keys: dict[str, dg.AssetKey | dg.AssetCheckKey]
) -> Iterator[Event]:
    """What Dagster is told of each node that was built, and each test that was run."""
    described = {node["id"]: node for node in record.nodes}
    for each in results:
        status, key = str(each.status), keys.get(each.node.unique_id)
        if key is None or status == "skipped":
            continue
        if isinstance(key, dg.AssetCheckKey):
            yield dg.AssetCheckResult(
                asset_key=key.asset_key,
                check_name=key.name,
                passed=status == "pass",
                severity=dg.AssetCheckSeverity.WARN
                if status == "warn"
                else dg.AssetCheckSeverity.ERROR,
                metadata={"rows that fail": each.failures or 0, "seconds": each.execution_time},
            )
        elif status not in FAILED:
            yield dg.MaterializeResult(asset_key=key, metadata=_metadata(described, each, record))


def _metadata(described: dict[str, Any], result: Any, record: Step) -> dict[str, Any]:
    node = described[result.node.unique_id]
    told = {
        "engine": ENGINES[record.engine or ""],
        "seconds": node["seconds"],
        "rows written": node["rows_written"],
        "dagster/row_count": node["rows"],
        "bytes": node["bytes"],
        "peak memory of the step (bytes)": record.peak_bytes,
    }
    return {name: value for name, value in told.items() if value is not None}
