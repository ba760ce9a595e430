"""What `dashboards/` says: databases, datasets, and pages of charts."""

import functools
import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from warehouse import environment

FOLDER = environment.ROOT / "dashboards"

Definition = Mapping[str, Any]

# Where a chart names columns, and where it names measures.
_COLUMNS = ("x_axis", "groupby", "all_columns")
_MEASURES = ("metric", "metrics", "metrics_b", "timeseries_limit_metric")


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


def columns_of(chart: Definition) -> list[str]:
    """The columns of its dataset that a chart shows, or sorts by."""
    params = chart["params"]
    ordered_by = [json.loads(each)[0] for each in params.get("order_by_cols", ())]
    return list(dict.fromkeys([*_named(params, _COLUMNS), *ordered_by]))


def measures_of(chart: Definition) -> list[str]:
    """The measures of its dataset that a chart shows, or sorts by."""
    return list(dict.fromkeys(_named(chart["params"], _MEASURES)))


def _named(params: Definition, keys: tuple[str, ...]) -> Iterator[str]:
    for key in keys:
        value = params.get(key) or ()
        yield from [value] if isinstance(value, str) else value
