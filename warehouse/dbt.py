"""Runs dbt within this process: to start Python and read dbt's code takes longer than a small run.

Source: https://docs.getdbt.com/reference/programmatic-invocations
"""

import contextlib
import io
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from warehouse import disk, environment, terminal
from warehouse.errors import UserError

# Otherwise dbt writes down the whole project twice in each run, which takes half a second; for the
# catalogue it does so all the same.
_WITHOUT_MANIFEST = "--no-write-json"

_RESULTS = "run_results.json"


def target_path(target: str) -> Path:
    """The folder in which dbt keeps what it compiled for a target.

    Each target has its own, as dbt's parse cache holds for one target alone.
    """
    return environment.home() / "dbt" / target


def last_results() -> list[Path]:
    """The files in which dbt wrote of its last run, by hand or on each target."""
    folder = environment.home() / "dbt"
    return [*folder.glob(_RESULTS), *folder.glob(f"*/{_RESULTS}")]


def dbt(*arguments: str, target: str) -> None:
    """Run a dbt command to its end, with its output on the terminal.

    Raises:
        UserError: dbt failed; it has said why.
    """
    terminal.say(f"$ dbt {' '.join(arguments)} --target {target}")
    _run(arguments, target)


def dbt_quietly(*arguments: str, target: str) -> Any:
    """Run a dbt command of which only what goes wrong is to be seen, on standard error.

    Returns:
        What dbt's own runner does, which depends on the command.

    Raises:
        UserError: dbt failed; it has said why.
    """
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        try:
            return _run(arguments, target, quiet=True)
        except UserError:
            sys.stderr.write(printed.getvalue())
            raise


def compiled(selected: str, target: str) -> str:
    """Return the SQL that an analysis or a test compiles to.

    Raises:
        UserError: dbt failed; it has said why.
    """
    [result] = dbt_quietly("compile", "--select", selected, target=target).results
    return str(result.node.compiled_code)


def _run(arguments: tuple[str, ...], target: str, *, quiet: bool = False) -> Any:
    # It takes a second, which commands that run no dbt need not wait.
    from dbt.cli.main import dbtRunner

    # Where its log has no place left, Python would print a traceback for each line.
    logging.raiseExceptions = False
    disk.require_space()
    flags = [_WITHOUT_MANIFEST]
    if quiet:
        flags.append("--quiet")
    if not sys.stdout.isatty():
        flags.append("--no-use-colors")
    folder = target_path(target)
    with _writing_to(folder):
        done: Any = dbtRunner().invoke([*flags, *arguments, "--target", target])
    if isinstance(done.exception, KeyboardInterrupt):
        raise done.exception
    # What runs quietly leaves `warehouse timings` those of the last build.
    if done.result and not quiet:
        done.result.write(str(folder / _RESULTS))
    if not done.success:
        if found := _full_disk(done, target):
            raise disk.FullDiskError(f"dbt {' '.join(arguments)} failed on {target}: {found}")
        log = environment.home() / "logs" / "dbt.log"
        raise UserError(
            f"dbt {' '.join(arguments)} failed on {target}: it says why above, and more in {log}"
        )
    return done.result


def _full_disk(done: Any, target: str) -> str | None:
    """Say so if what failed did so for a full disk, of ours or of the server."""
    results = getattr(done.result, "results", None) or ()
    said = [done.exception, *(result.message for result in results)]
    return next((disk.explanation(text, target) for text in said if disk.says_full(text)), None)


@contextlib.contextmanager
def _writing_to(folder: Path) -> Iterator[None]:
    before = os.environ["DBT_TARGET_PATH"]
    os.environ["DBT_TARGET_PATH"] = str(folder)
    try:
        yield
    finally:
        os.environ["DBT_TARGET_PATH"] = before


def serve_docs(port: int) -> None:
    """Run `dbt docs serve` until it is stopped."""
    line = ["dbt", "docs", "serve", "--host", "127.0.0.1", "--port", str(port), "--no-browser"]
    subprocess.run(line, check=False)
