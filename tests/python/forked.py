"""The project's programs, forked from a process that has imported them once.

To import dbt takes two seconds, and the tests start it hundreds of times. What is forked has its
own environment, arguments, folder and output, as if it had been started; a test that needs the
program itself, to find it or to kill it, starts it.
"""

import atexit
import contextlib
import gc
import importlib
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from pathlib import Path

# By the program's name, where its command line begins.
MAINS = {
    "dbt": "dbt.cli.main:cli",
    "meltano": "meltano.cli:main",
    "tap-files": "warehouse.ingest.singer.tap:main",
    "target-warehouse": "warehouse.ingest.singer.target:main",
    "warehouse": "warehouse.cli:main",
}

# Of what a command imports when it is run, what takes longest.
_IMPORTED = (
    *("dbt.cli.main", "dbt.adapters.clickhouse", "dbt.adapters.postgres", "dbt.adapters.greenplum"),
    *("warehouse.cli", "warehouse.road.command", "warehouse.reporting.reports"),
    "warehouse.archive.export.command",
    *("meltano.cli", "warehouse.ingest.singer.tap", "warehouse.ingest.singer.target"),
)

_context = get_context("forkserver")
_context.set_forkserver_preload([__name__, *_IMPORTED])


def run(
    program: Path, arguments: Sequence[str], environ: Mapping[str, str], cwd: Path, timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run one of `MAINS` to its end.

    Raises:
        subprocess.TimeoutExpired: It has not ended in time, and was killed.
    """
    command = [str(program), *arguments]
    with tempfile.TemporaryDirectory() as folder:
        outputs = [Path(folder) / name for name in ("stdout", "stderr")]
        child = _context.Process(target=_run, args=(command, dict(environ), cwd, outputs))
        child.start()
        child.join(timeout)
        if child.exitcode is None:
            child.kill()
            raise subprocess.TimeoutExpired(command, timeout)
        stdout, stderr = (output.read_text(encoding="utf-8") for output in outputs)
    return subprocess.CompletedProcess(command, child.exitcode, stdout, stderr)


def _run(command: list[str], environ: dict[str, str], cwd: Path, outputs: Sequence[Path]) -> None:
    # It does not live long enough for its garbage to be in the way.
    gc.disable()
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    os.chdir(cwd)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, output in enumerate(outputs, 1):
        os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT), number)
    sys.argv = command
    if Path(command[0]).name != "dbt":
        # What dbt's libraries set when they are imported: a command without dbt has none of it.
        logging.root.handlers.clear()
    if project := environ.get("PYTHONPATH"):
        # A copy of the project: the same code, which is to find what lies beside it.
        for name in [name for name in sys.modules if name.partition(".")[0] == "warehouse"]:
            del sys.modules[name]
        sys.path.insert(0, project)
    # As Python does it at its start (warehouse/setup_environment.py).
    with contextlib.suppress(ImportError, OSError):
        importlib.import_module("warehouse.environment").load()
    module, _, function = MAINS[Path(command[0]).name].partition(":")
    try:
        sys.exit(getattr(importlib.import_module(module), function)())
    finally:
        atexit._run_exitfuncs()
