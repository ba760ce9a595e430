"""Runs whose process was killed with the service that had started it.

A service sees the end of the processes that it started itself, but not of those of the one before:
such a run would seem to go on for ever, and keep all others waiting.
"""

import dagster as dg
import psutil

_UNDER_WAY = [
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def fail() -> None:
    """Write down that they have failed."""
    with dg.DagsterInstance.get() as instance:
        for run in instance.get_runs(dg.RunsFilter(statuses=_UNDER_WAY)):
            if not _is_alive(instance, run.run_id):
                instance.report_run_failed(run, "it was killed together with the service")


def _is_alive(instance: dg.DagsterInstance, run_id: str) -> bool:
    events = instance.all_logs(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT)
    for entry in events:
        event = entry.dagster_event
        pid = event.engine_event_data.metadata.get("pid") if event else None
        if pid is None:
            continue
        try:
            process = psutil.Process(int(str(pid.value)))
        except psutil.NoSuchProcess:
            continue
        # Another one may have its number by now.
        if process.create_time() <= entry.timestamp and "python" in process.name():
            return True
    return False
