"""`warehouse changed` builds and tests what differs from a commit, and that alone."""

import subprocess
from pathlib import Path

import pytest
from support import Warehouse

WATCHED = Path("tests/postgres/time_zones_are_known.sql")


def git(project: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=test", "-c", "user.email=test@example.org")
    subprocess.run(["git", "-C", project, *identity, *arguments], check=True, capture_output=True)


def test_a_commit_that_there_is_not_is_named(tmp_path: Path) -> None:
    done = Warehouse(tmp_path / "home").run("warehouse", "changed", "--since", "lost", check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("warehouse: git finds nothing that 'lost' and this state have")


@pytest.mark.drill
def test_what_has_changed_is_built_and_tested(project: Path, tmp_path: Path) -> None:
    git(project, "init", "--quiet")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "as it was")
    warehouse = Warehouse(tmp_path / "home", {"PYTHONPATH": str(project)})

    def changed() -> subprocess.CompletedProcess[str]:
        line = ("warehouse", "changed", "--since", "HEAD")
        return warehouse.run(*line, check=False, cwd=project)

    nothing = changed()
    assert nothing.returncode == 0, nothing.stdout + nothing.stderr
    assert "No model, seed, snapshot or test differs from HEAD" in nothing.stdout

    # It finds something now, whatever there is.
    (project / WATCHED).write_text("select 1 as wrong\n", "utf-8")
    something = changed()
    assert something.returncode == 1
    assert f"): {WATCHED.stem}\n" in something.stdout
    assert "1 test" in something.stdout
    assert not (tmp_path / "home-changed").exists()
