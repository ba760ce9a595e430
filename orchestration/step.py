"""What every step of a run shares: the engines, the lock of the road, its line in the history."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from orchestration.retries import failure
from warehouse import environment
from warehouse.engines import lifecycle
from warehouse.engines.lock import exclusive
from warehouse.errors import UserError
from warehouse.runs.record import Run

_BY_DAGSTER = "dagster"


@contextmanager
def on_the_road(context: dg.AssetExecutionContext) -> Iterator[Run]:
    """Hold the road for a step, with the engines up; a mistake of the user's fails the step."""
    lifecycle.ensure_up()
    try:
        with exclusive(environment.home(), "road"):
            yield Run(
                context.job_name,
                by=_BY_DAGSTER,
                run=context.run_id,
                attempt=context.retry_number,
            )
    except UserError as error:
        raise failure(str(error)) from None
