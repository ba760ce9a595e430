"""Runs dbt within this process: to start Python and read dbt's code takes longer than a small run.

Source: https://docs.getdbt.com/reference/programmatic-invocations
"""

import contextlib
import gc
import io
import json
import logging
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from warehouse import disk, environment, terminal
from warehouse.errors import UserError

# Otherwise dbt writes down the whole project twice in each run, which takes half a second; for the
# catalogue it does so all the same.
_WITHOUT_MANIFEST = "--no-write-json"

_RESULTS = "run_results.json"

# A selection may be of hundreds of nodes.
_LINE_LENGTH = 160

# Called with each event of dbt's.
Listener = Callable[[Any], None]


class FailedError(UserError):
    """dbt failed, and has said why.

    Attributes:
        results: Those of the nodes, as far as it came.
    """

    def __init__(self, message: str, results: Sequence[Any]) -> None:
        super().__init__(message)
        self.results = results


def target_path(target: str) -> Path:
    """The folder in which dbt keeps what it compiled for a target.

    Each target has its own, as dbt's parse cache holds for one target alone.
    """
    return environment.home() / "dbt" / target


def last_results() -> list[Path]:
    """The files in which dbt wrote of its last run, by hand or on each target."""
    folder = environment.home() / "dbt"
    return [*folder.glob(_RESULTS), *folder.glob(f"*/{_RESULTS}")]


def dbt(*arguments: str, target: str, listener: Listener | None = None) -> Any:
    """Run a dbt command to its end, with its output on the terminal.

    Returns:
        What dbt's own runner does, which depends on the command.

    Raises:
        UserError: dbt failed; it has said why.
    """
    terminal.say(f"$ {_shortened(['dbt', *arguments])} --target {target}")
    return _run(arguments, target, listener=listener)


def dbt_quietly(*arguments: str, target: str, manifest: Any = None, says_why: bool = True) -> Any:
    """Run a dbt command of which only what goes wrong is to be seen, on standard error.

    Args:
        arguments: The command and its options.
        target: The engine, which is dbt's target.
        manifest: What `dbt parse` returned for this target, so as not to parse again. A run
            leaves marks in it, and needs one of its own.
        says_why: Whether dbt's own words of what goes wrong are to be seen, too.

    Returns:
        What dbt's own runner does, which depends on the command.

    Raises:
        UserError: dbt failed; it has said why.
    """
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        try:
            return _run(arguments, target, quiet=True, manifest=manifest)
        except UserError:
            if says_why:
                sys.stderr.write(printed.getvalue())
            raise


def parsed(target: str = "postgres") -> Any:
    """Return dbt's manifest of the project, as a target has it.

    Raises:
        UserError: dbt cannot read the project; it has said why.
    """
    return dbt_quietly("parse", target=target)


def selected(
    select: Sequence[str], exclude: Sequence[str], kinds: Sequence[str]
) -> tuple[Any, list[str]]:
    """Ask dbt which nodes a selection is.

    Args:
        select: As of dbt's option of this name; nothing selects all.
        exclude: As of dbt's option of this name.
        kinds: The resource types to keep.

    Returns:
        dbt's manifest, and the nodes' unique ids.

    Raises:
        UserError: dbt does not understand it; it has said why.
    """
    manifest = parsed()
    options = ["--select", *(select or ["*"])]
    if exclude:
        options += ["--exclude", *exclude]
    return manifest, unique_ids(manifest, *options, "--resource-type", *kinds)


def unique_ids(manifest: Any, *selection: str) -> list[str]:
    """Ask dbt for the unique ids of what its options select of a manifest.

    Raises:
        UserError: dbt does not understand them; it has said why.
    """
    listed = dbt_quietly(
        *("ls", *selection, "--output", "json", "--output-keys", "unique_id"),
        target="postgres",
        manifest=manifest,
    )
    return [json.loads(line)["unique_id"] for line in listed]


def compiled(node: str, target: str) -> str:
    """Return the SQL that an analysis or a test compiles to.

    Raises:
        UserError: dbt failed; it has said why.
    """
    # What an analysis asks for is looked up; to list all relations beforehand takes longer.
    arguments = ("compile", "--no-populate-cache", "--select", node)
    [result] = dbt_quietly(*arguments, target=target).results
    return str(result.node.compiled_code)


def compiled_analyses(target: str, wanted: str) -> dict[str, str]:
    """Compile the analyses of a target.

    Returns:
        The SQL of each by its name, but for those that do not compile.

    Raises:
        UserError: The `wanted` one does not compile; dbt has said why.
    """
    # What an analysis asks for is looked up; to list all relations beforehand takes longer.
    arguments = ("compile", "--no-populate-cache", "--select", f"path:analyses/{target}")
    try:
        results = dbt_quietly(*arguments, target=target).results
    except FailedError as error:
        results = error.results
        if wanted not in _compiled(results):
            raise
    return _compiled(results)


def _compiled(results: Sequence[Any]) -> dict[str, str]:
    found = ((result.node, result.status) for result in results)
    return {node.name: str(node.compiled_code) for node, status in found if status == "success"}


def _run(
    arguments: tuple[str, ...],
    target: str,
    *,
    quiet: bool = False,
    listener: Listener | None = None,
    manifest: Any = None,
) -> Any:
    # It takes a second, which commands that run no dbt need not wait.
    from dbt.cli.main import dbtRunner

    # What it holds of the project are many objects that live as long as it runs: to look through
    # them for garbage as often as Python would takes an eighth of its time.
    gc.set_threshold(50_000, 50, 1000)
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
        callbacks = [_print_no_interrupt, *([listener] if listener else [])]
        runner = dbtRunner(manifest, callbacks)
        done: Any = runner.invoke([*flags, *arguments, "--target", target])
    if isinstance(done.exception, KeyboardInterrupt):
        terminal.warn("stopped: what was done stays, and the next run goes on from there")
        raise done.exception
    # What runs quietly leaves `warehouse timings` those of the last build.
    if done.result and not quiet:
        done.result.write(str(folder / _RESULTS))
    if not done.success:
        command = _shortened(["dbt", *arguments])
        if found := _full_disk(done, target):
            raise disk.FullDiskError(f"{command} failed on {target}: {found}")
        log = environment.home() / "logs" / "dbt.log"
        # What fails outside of nodes, such as a connection that is cut, is in no result.
        why = _shortened([str(done.exception)]) if done.exception else "it says why above"
        raise FailedError(
            f"{command} failed on {target}: {why}, and more in {log}",
            getattr(done.result, "results", ()),
        )
    return done.result


def _print_no_interrupt(event: Any) -> None:
    """Keep dbt's stack trace of a Ctrl+C off the terminal; that of anything else is printed."""
    if event.info.name != "MainReportVersion":
        return
    from dbt_common.events.event_manager_client import get_event_manager

    def is_told(message: Any) -> bool:
        trace = getattr(message.data, "stack_trace", "")
        return not str(trace).rstrip().endswith("KeyboardInterrupt")

    for logger in get_event_manager().loggers:
        logger.filter = _both(logger.filter, is_told)


def _both(one: Callable[[Any], bool], other: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda message: one(message) and other(message)


def _shortened(words: Sequence[str]) -> str:
    return textwrap.shorten(" ".join(words), _LINE_LENGTH, placeholder=" …")


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
