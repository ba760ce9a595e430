"""One sample that the tests of this folder read, and a way to make others."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from support import Warehouse

Sample = Callable[..., CompletedProcess[str]]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """Runs `warehouse sample` with the arguments given."""
    return _sample(Warehouse(tmp_path_factory.mktemp("home")))


def _sample(warehouse: Warehouse) -> Sample:
    def run(*arguments: str | Path, **options: Any) -> CompletedProcess[str]:
        return warehouse.run("warehouse", "sample", *arguments, **options)

    return run


@pytest.fixture(scope="session")
def shop(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three years of files; not to be changed."""
    folder = tmp_path_factory.mktemp("shop")
    sample("--rows", "40000", "--seed", "5", "--to", folder)
    return folder


@pytest.fixture
def manifest(shop: Path) -> Any:
    """The manifest of those files."""
    return json.loads((shop / "manifest.json").read_text(encoding="utf-8"))
