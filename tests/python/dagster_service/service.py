"""The service as its user has it: `warehouse orchestrate`, and what its page's API says."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import urllib3
from dagster_graphql import DagsterGraphQLClient
from support import PROGRAMS, Warehouse

from warehouse import environment

_RUNS = """
query { runsOrError { ... on Runs { results {
    runId jobName status startTime endTime tags { key value }
} } } }
"""
_ATTEMPTS = """
query ($id: ID!) { runOrError(runId: $id) { ... on Run { stepStats {
    stepKey attempts { startTime }
} } } }
"""
_PATIENCE_SECONDS = 400

T = TypeVar("T")


class Service:
    """One that runs."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self._client = DagsterGraphQLClient("127.0.0.1", port_number=port)

    def runs(self) -> list[dict[str, Any]]:
        """All runs, the newest first."""
        found: list[dict[str, Any]] = self._asked(_RUNS)["runsOrError"]["results"]
        return found

    def attempts(self, run_id: str) -> dict[str, int]:
        """How often each step of a run was tried."""
        steps = self._asked(_ATTEMPTS, id=run_id)["runOrError"]["stepStats"]
        return {step["stepKey"]: len(step["attempts"]) for step in steps}

    def _asked(self, query: str, **variables: str) -> Any:
        asked = {"query": query, "variables": variables}
        answer = urllib3.request("POST", f"{self.address}/graphql", json=asked)
        return answer.json()["data"]

    def start(self, job: str) -> str:
        """Put a run into the queue, and return its id."""
        return self._client.submit_job_execution(job)

    def await_run(self, run_id: str) -> dict[str, Any]:
        """Wait for the end of a run."""
        return self.await_end(lambda run: run["runId"] == run_id)

    def await_end(self, of: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait for the end of a run, the first that is so."""
        return await_value(
            lambda: next((run for run in reversed(self.runs()) if of(run) and run["endTime"]), None)
        )


def await_value(found: Callable[[], T | None]) -> T:
    """Wait until there is something."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if (value := found()) is not None:
            return value
        time.sleep(0.2)
    raise AssertionError("what the test waits for does not come")


@contextmanager
def running(warehouse: Warehouse, log: Path) -> Iterator[tuple[Service, subprocess.Popen[bytes]]]:
    """Start the service, wait for its page, and stop all of it in the end."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with log.open("ab") as output:
        process = subprocess.Popen(
            [PROGRAMS / "warehouse", "orchestrate", "--port", str(port)],
            env=warehouse.environ,
            cwd=environment.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    service = Service(port)
    try:
        await_value(lambda: _answers(service) or None)
        yield service, process
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(60)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _answers(service: Service) -> bool:
    with suppress(urllib3.exceptions.HTTPError):
        return urllib3.request("GET", f"{service.address}/server_info", retries=False).status == 200
    return False
