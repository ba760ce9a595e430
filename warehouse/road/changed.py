"""`warehouse changed`: builds and tests what differs from a commit, and what reads it, on a sample.

Which nodes differ is dbt's to say (`state:modified+`), by a manifest made of that commit. They are
built in a warehouse of its own with the three embedded engines, which is gone afterwards.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from warehouse import environment, terminal
from warehouse.backup.elsewhere import warehouse_in
from warehouse.dbt import selected
from warehouse.engines import configuration, lifecycle
from warehouse.errors import UserError
from warehouse.ingest.command import ingest
from warehouse.road import partial
from warehouse.road.selection import BUILT
from warehouse.runs.record import Run
from warehouse.sample.command import sample

_SELECTION = "state:modified+"
_SHOWN = 20


@click.command()
@click.option("--since", default="main", show_default=True, metavar="COMMIT")
@click.option("--rows", type=click.IntRange(min=100), default=2000, show_default=True)
@click.pass_context
def changed(context: click.Context, since: str, rows: int) -> None:
    """Build and test what has changed since a commit, on a sample in a scratch warehouse."""
    commit = _common_commit(since)
    with _scratch_warehouse() as scratch:
        _parse(commit, scratch / "former", Path(os.environ["DBT_STATE"]))
        manifest, chosen = selected([_SELECTION], [], BUILT)
        if not chosen:
            terminal.say(f"No model, seed, snapshot or test differs from {since} ({commit[:7]}).")
            return
        names = sorted(manifest.nodes[each].name for each in chosen)
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        terminal.say(f"Since {since} ({commit[:7]}): {', '.join(names[:_SHOWN])}{more}")
        lifecycle.up(quietly=True)
        context.invoke(sample, rows=str(rows), to=scratch / "files")
        context.invoke(ingest)
        partial.build(_SELECTION, "", run=Run("changed"))


def _common_commit(since: str) -> str:
    """The commit from which this state and the other one come: what main got since is not ours.

    Raises:
        UserError: Git knows no such commit.
    """
    line = ["git", "-C", str(environment.ROOT), "merge-base", since, "HEAD"]
    try:
        done = subprocess.run(line, capture_output=True, text=True, check=False)
    except OSError as error:
        raise UserError(f"git cannot be started: {error.strerror}") from None
    if done.returncode:
        raise UserError(
            f"git finds nothing that {since!r} and this state have in common: name a branch or a "
            "commit in SINCE, and fetch the whole history ('git fetch --unshallow')"
        )
    return done.stdout.strip()


@contextmanager
def _scratch_warehouse() -> Iterator[Path]:
    """A warehouse with engines of its own beside this one; nothing of it is left in the end."""
    home = environment.home()
    scratch = home.with_name(f"{home.name}-changed")
    engines = tuple(f"{engine}_" for engine in environment.ENGINES)
    without = [name for name in configuration.users_settings() if name.startswith(engines)]
    settings = {
        "SHOP_FILES": str(scratch / "files"),
        "DBT_STATE": str(scratch / "state"),
        "WAREHOUSE_SOURCES": environment.DEFAULT_SOURCES,
    }
    with warehouse_in(scratch, *without, **settings):
        try:
            _remove(scratch)
            yield scratch
        finally:
            _remove(scratch)


def _remove(scratch: Path) -> None:
    if configuration.path().exists():
        lifecycle.down()
    if scratch.exists():
        shutil.rmtree(scratch)


def _parse(commit: str, project: Path, state: Path) -> None:
    """Have dbt read the project as it was, by its own Python code of then.

    Raises:
        UserError: It cannot.
    """
    project.mkdir(parents=True)
    archive = ["git", "-C", str(environment.ROOT), "archive", commit]
    with subprocess.Popen(archive, stdout=subprocess.PIPE) as tree:
        subprocess.run(["tar", "-x", "-C", project], stdin=tree.stdout, check=True)
    environ = environment.of_another(project / ".warehouse", "DBT_STATE")
    program = Path(sys.prefix) / "bin" / "dbt"
    done = subprocess.run(
        [program, "parse", "--quiet", "--target", "postgres"],
        cwd=project,
        env={**environ, "PYTHONPATH": str(project), "DBT_TARGET_PATH": str(state)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise UserError(f"dbt cannot read the project of {commit[:7]}:\n{done.stdout.strip()}")
