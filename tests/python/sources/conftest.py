"""A copy of the project, for what writes into it."""

import shutil
from pathlib import Path

import pytest

from warehouse import environment

# What a source system stands in, and what its files are built with.
PARTS = [
    "analyses",
    "dbt_project.yml",
    "macros",
    "meltano.yml",
    "models",
    "profiles",
    "pyproject.toml",
    "seeds",
    "selectors.yml",
    "snapshots",
    "tests/clickhouse",
    "tests/generic",
    "tests/greenplum",
    "tests/landing",
    "tests/postgres",
    "warehouse",
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project."""
    root = tmp_path / "project"
    for part in PARTS:
        source = environment.ROOT / part
        if source.is_dir():
            shutil.copytree(source, root / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            root.mkdir(exist_ok=True)
            shutil.copy(source, root / part)
    return root
