"""What starts the daily road besides its time, and what tells people of runs."""

import hashlib
import os
import time
from datetime import UTC, datetime, timedelta

import dagster as dg

from orchestration.jobs import backup, daily, schedules
from warehouse.errors import UserError
from warehouse.notify import told
from warehouse.notify.findings import FAILED, Finding
from warehouse.orchestrate import KEPT_DAYS
from warehouse.road.steps import ROADS
from warehouse.runs.new_files import new_files, settle_seconds

# Longer than this no road's run begins after the one before, whose times are the usual ones.
_LONGEST = {
    **{"daily": timedelta(hours=26), "monthly": timedelta(days=32)},
    # Whoever turns it on chooses its times.
    "backup": timedelta(days=8),
}
_OLD_RUNS_AT_A_TIME = 20
_UNDER_WAY = dg.RunsFilter(
    job_name=daily.name,
    statuses=[
        dg.DagsterRunStatus.QUEUED,
        dg.DagsterRunStatus.NOT_STARTED,
        dg.DagsterRunStatus.STARTING,
        dg.DagsterRunStatus.STARTED,
        dg.DagsterRunStatus.CANCELING,
    ],
)


@dg.sensor(
    job=daily,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Starts `daily` when new files lie there and have settled.",
)
def files_have_come(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Look for files that the load log does not know, and wait until nobody writes them."""
    try:
        found = new_files()
    except UserError as error:
        return dg.SkipReason(str(error))
    if not found:
        return dg.SkipReason("no new file")
    # Those that it has not come to yet are new to the load log all the same.
    if context.instance.get_runs_count(_UNDER_WAY):
        return dg.SkipReason("a run of daily is under way, or waits to be")
    latest = max(found, key=lambda file: file.changed_at)
    if latest.changed_at > time.time() - settle_seconds():
        return dg.SkipReason(f"{latest.name} is still being written, or was just now")
    # What was tried once is not tried again before a file has changed.
    files = repr([(each.name, each.size, each.changed_at) for each in found])
    return dg.RunRequest(run_key=hashlib.sha256(files.encode()).hexdigest())


@dg.run_failure_sensor(default_status=dg.DefaultSensorStatus.RUNNING)
def failed(context: dg.RunFailureSensorContext) -> None:
    """Tell people of a road that failed."""
    event = context.failure_event.message or "the run ended without a word"
    _tell(context, Finding(FAILED, "run", event.splitlines()[0], "its page says more"))


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS, default_status=dg.DefaultSensorStatus.RUNNING
)
def ended(context: dg.RunStatusSensorContext) -> None:
    """Tell people of warnings, and that a road is well again; old runs go."""
    _tell(context)
    before = datetime.now(UTC) - timedelta(days=KEPT_DAYS)
    old = dg.RunsFilter(created_before=before)
    for run in context.instance.get_runs(old, limit=_OLD_RUNS_AT_A_TIME):
        context.instance.delete_run(run.run_id)


def _tell(context: dg.RunStatusSensorContext, *unless_steps_say: Finding) -> None:
    run = context.dagster_run
    if run.job_name in (*ROADS, backup.name):
        link = f"{os.environ.get('WAREHOUSE_PAGE', '')}/runs/{run.run_id}"
        told.tell(run.run_id, road=run.job_name, link=link, unless_steps_say=unless_steps_say)


@dg.sensor(
    minimum_interval_seconds=600,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tells people of a road that has not begun for too long.",
)
def has_not_begun(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Look when each road began last; the cursor is the moment of the first look."""
    now = datetime.now(UTC)
    first_look = datetime.fromisoformat(context.cursor) if context.cursor else now
    context.update_cursor(first_look.isoformat())
    for schedule in schedules:
        name, longest = schedule.job_name, _LONGEST[schedule.job_name]
        if schedule.default_status != dg.DefaultScheduleStatus.RUNNING:
            continue
        begun = context.instance.get_run_records(dg.RunsFilter(job_name=name), limit=1)
        last = max([first_look, *(r.create_timestamp for r in begun if r.start_time)])
        if now - last > longest:
            late = Finding(
                FAILED, "begin", f"no run of {name} has begun since {last:%Y-%m-%d %H:%M} UTC",
                "look at its schedule and at the queue of runs",
            )  # fmt: skip
            told.tell(f"late since {last.isoformat()}", road=name, unless_steps_say=[late])
            # Once, until it is late again.
            context.update_cursor(now.isoformat())
    return dg.SkipReason("looked")


sensors = [files_have_come, failed, ended, has_not_begun]
