"""The command line itself: its commands, how it fails, and what it prints where."""

import os
import pty
import subprocess
from pathlib import Path

import click
import pytest
from support import PROGRAMS, Warehouse

from warehouse import cli


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "warehouse")


def on_a_terminal(warehouse: Warehouse, *arguments: str) -> str:
    """Return what a command prints on a terminal."""
    ours, theirs = pty.openpty()
    try:
        with subprocess.Popen(
            [PROGRAMS / "warehouse", *arguments], env=warehouse.environ, stdout=theirs
        ):
            pass
        return os.read(ours, 100_000).decode()
    finally:
        os.close(ours)
        os.close(theirs)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_is_there_and_explained(name: str) -> None:
    command = cli.warehouse.get_command(click.Context(cli.warehouse), name)
    assert command is not None
    assert command.help
    assert cli.COMMANDS[name][1] in cli.warehouse.get_help(click.Context(cli.warehouse))


def test_help_imports_no_command(warehouse: Warehouse) -> None:
    program = (
        "import sys; from warehouse import cli; sys.argv = ['warehouse', '--help']\n"
        "try: cli.main()\n"
        "except SystemExit: pass\n"
        "known = {'warehouse.cli', 'warehouse.clickhouse_adapter', 'warehouse.environment',"
        " 'warehouse.errors', 'warehouse.greenplum_import', 'warehouse.terminal'}\n"
        "print({name for name in sys.modules if name.startswith('warehouse.')} - known)"
    )
    done = warehouse.run("python", "-c", program)
    assert "Usage: " in done.stdout
    assert done.stdout.splitlines()[-1] == "set()"


def test_a_mistake_is_one_line_without_a_traceback(warehouse: Warehouse) -> None:
    done = warehouse.with_settings(POSTGRES_PORT="none").run("warehouse", "up", check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == ("warehouse: POSTGRES_PORT is 'none': set it to a port from 1 to 65535\n")


def test_an_unknown_command_is_named(warehouse: Warehouse) -> None:
    done = warehouse.run("warehouse", "rum", check=False)
    assert done.returncode == 2
    assert "No such command 'rum'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_of_another_user_is_named(warehouse: Warehouse) -> None:
    warehouse.home.mkdir()
    (warehouse.home / "engines.env").touch(mode=0o000)
    done = warehouse.run("warehouse", "status", check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(f"warehouse: {warehouse.home}/engines.env belongs to another")


def test_colour_is_for_terminals_that_want_it(warehouse: Warehouse) -> None:
    escape = "\x1b["
    assert escape in on_a_terminal(warehouse, "status")
    assert escape not in on_a_terminal(warehouse.with_settings(NO_COLOR="1"), "status")
    assert escape not in warehouse.run("warehouse", "status", check=False).stdout


def test_without_a_run_there_are_no_timings(warehouse: Warehouse) -> None:
    done = warehouse.run("warehouse", "timings", check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "warehouse: dbt has not run yet: 'make run' or 'make build' runs it"
    ]
