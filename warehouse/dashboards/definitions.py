"""What `dashboards/` says: databases, datasets, and pages of charts."""

import functools
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from warehouse import environment

FOLDER = environment.ROOT / "dashboards"

Definition = Mapping[str, Any]


def _read(pattern: str) -> dict[str, Definition]:
    return {
        path.stem: yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
        for path in sorted(FOLDER.glob(pattern))
    }


@functools.cache
def databases() -> Mapping[str, Definition]:
    """The engines' databases by name."""
    return _read("databases/*.yml")


@functools.cache
def datasets() -> Mapping[str, Definition]:
    """The datasets by name."""
    return _read("datasets/*.yml")


@functools.cache
def dashboards() -> Mapping[str, Definition]:
    """The dashboards by name, in the order of their numbers."""
    found = _read("*.yml")
    return dict(sorted(found.items(), key=lambda item: int(item[1]["number"])))


def charts(dashboard: Definition) -> Iterator[Definition]:
    """The charts of a dashboard, row by row."""
    for row in dashboard["rows"]:
        yield from row["charts"]
