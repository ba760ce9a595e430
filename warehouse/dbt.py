"""Runs dbt as a person would, with the output on the terminal."""

import os
import subprocess
from pathlib import Path

from warehouse import environment, terminal
from warehouse.errors import UserError


def target_path(target: str) -> Path:
    """The folder in which dbt keeps what it compiled for a target.

    Each target has its own, as dbt's parse cache holds for one target alone.
    """
    return environment.home() / "dbt" / target


def dbt(command: str, *arguments: str, target: str, quiet: bool = False) -> None:
    """Run `dbt COMMAND ARGUMENTS --target TARGET` to its end.

    Raises:
        UserError: dbt failed; it has said why.
    """
    line = ["dbt", *(["--quiet"] if quiet else []), command, *arguments, "--target", target]
    if not quiet:
        terminal.say(f"$ {' '.join(line)}")
    variables = os.environ | {"DBT_TARGET_PATH": str(target_path(target))}
    if subprocess.run(line, env=variables, check=False).returncode:
        log = environment.home() / "logs" / "dbt.log"
        raise UserError(f"dbt {command} on {target} failed: it says why above, and more in {log}")


def serve_docs(port: int) -> None:
    """Run `dbt docs serve` until it is stopped."""
    line = ["dbt", "docs", "serve", "--host", "127.0.0.1", "--port", str(port), "--no-browser"]
    subprocess.run(line, check=False)
