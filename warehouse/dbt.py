"""Runs dbt as a person would: by its command line, with the output on the terminal."""

import os
import subprocess
import sys
from pathlib import Path

from warehouse import environment, terminal
from warehouse.errors import UserError

# The results that `warehouse timings` reads stay those of the last build.
_QUIETLY = ("--quiet", "--no-write-json")


def target_path(target: str) -> Path:
    """The folder in which dbt keeps what it compiled for a target.

    Each target has its own, as dbt's parse cache holds for one target alone.
    """
    return environment.home() / "dbt" / target


def last_results() -> list[Path]:
    """The files in which dbt wrote of its last run, by hand or on each target."""
    folder = environment.home() / "dbt"
    return [*folder.glob("run_results.json"), *folder.glob("*/run_results.json")]


def dbt(*arguments: str, target: str) -> None:
    """Run a dbt command to its end.

    Raises:
        UserError: dbt failed; it has said why.
    """
    terminal.say(f"$ dbt {' '.join(arguments)} --target {target}")
    _run(arguments, target, stdout=None)


def dbt_quietly(*arguments: str, target: str) -> str:
    """Run a dbt command and return what it prints for other programs, such as compiled SQL.

    Raises:
        UserError: dbt failed; it has said why.
    """
    return _run((*_QUIETLY, *arguments), target, stdout=subprocess.PIPE)


def _run(arguments: tuple[str, ...], target: str, stdout: int | None) -> str:
    variables = {"DBT_TARGET_PATH": str(target_path(target))}
    if not sys.stdout.isatty():
        variables["DBT_USE_COLORS"] = "false"
    done = subprocess.run(
        ["dbt", *arguments, "--target", target],
        env=os.environ | variables,
        stdout=stdout,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.stderr.write(done.stdout or "")
        command = " ".join(word for word in arguments if word not in _QUIETLY)
        log = environment.home() / "logs" / "dbt.log"
        raise UserError(f"dbt {command} failed on {target}: it says why above, and more in {log}")
    return done.stdout or ""


def serve_docs(port: int) -> None:
    """Run `dbt docs serve` until it is stopped."""
    line = ["dbt", "docs", "serve", "--host", "127.0.0.1", "--port", str(port), "--no-browser"]
    subprocess.run(line, check=False)
