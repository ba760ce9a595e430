"""The definitions as the files that Superset imports, with the engines' addresses."""

import hashlib
from collections.abc import Mapping
from typing import Any

import yaml

from warehouse.dashboards import definitions, layout
from warehouse.dashboards.definitions import Definition
from warehouse.dashboards.layout import identifier

_VERSION = "1.0.0"

# One hue for what is shown, one for what is to be seen in it; the rest is grey.
COLOURS = "warehouse"


def files(dashboards: Mapping[str, Definition], addresses: Mapping[str, str]) -> dict[str, str]:
    """Return the files by their names.

    Args:
        dashboards: Those to show.
        addresses: Of each engine, with the password.
    """
    made: dict[str, Any] = {"metadata.yaml": {"version": _VERSION, "type": "assets"}}
    for name, database in definitions.databases().items():
        made[f"databases/{name}.yaml"] = _database(name, database, addresses[name])
    for name, dataset in definitions.datasets().items():
        made[f"datasets/{dataset['database']}/{name}.yaml"] = _dataset(name, dataset)
    for name, dashboard in dashboards.items():
        for chart, number in zip(
            definitions.charts(dashboard), layout.numbers(dashboard).values(), strict=True
        ):
            made[f"charts/{name}_{number}.yaml"] = _chart(chart)
        made[f"dashboards/{name}.yaml"] = _dashboard(name, dashboard)
    return {path: yaml.safe_dump(content, sort_keys=False) for path, content in made.items()}


def checksum(rendered: Mapping[str, str]) -> str:
    """What tells these files from others."""
    return hashlib.sha256(repr(sorted(rendered.items())).encode()).hexdigest()


def _database(name: str, database: Definition, address: str) -> dict[str, Any]:
    return {
        **database,
        "extra": {},
        "sqlalchemy_uri": address,
        "uuid": str(identifier("databases", name)),
        "version": _VERSION,
    }


def _dataset(name: str, dataset: Definition) -> dict[str, Any]:
    metrics = [
        {"metric_name": metric, "verbose_name": metric, **about}
        for metric, about in dataset["metrics"].items()
    ]
    times = dataset.get("times", {})
    columns = [
        {
            "column_name": column,
            "verbose_name": title,
            "is_dttm": column in times,
            # Without it a day is compared to a text, which ClickHouse refuses.
            "type": times.get(column),
            "groupby": True,
            "filterable": True,
        }
        for column, title in dataset["columns"].items()
    ]
    return {
        "table_name": name,
        "main_dttm_col": next(iter(times), None),
        "currency_code_column": "currency" if "currency" in dataset["columns"] else None,
        "description": dataset["description"],
        "sql": dataset["sql"],
        "metrics": metrics,
        "columns": columns,
        "uuid": str(identifier("datasets", name)),
        "database_uuid": str(identifier("databases", dataset["database"])),
        "version": _VERSION,
    }


def _chart(chart: Definition) -> dict[str, Any]:
    dataset = definitions.datasets()[chart["dataset"]]
    # Superset writes it into each chart that is made by hand: the date filter looks for it.
    any_time = [
        {
            "clause": "WHERE",
            "comparator": "No filter",
            "expressionType": "SIMPLE",
            "operator": "TEMPORAL_RANGE",
            "subject": column,
        }
        for column in list(dataset.get("times", {}))[:1]
    ]
    wanted = [
        {"clause": "WHERE", "expressionType": "SQL", "sqlExpression": condition}
        for condition in chart.get("where", ())
    ]
    params = {
        "viz_type": chart["viz"],
        "color_scheme": COLOURS,
        "row_limit": 1000,
        **chart["params"],
        "adhoc_filters": any_time + wanted,
    }
    return {
        "slice_name": chart["name"],
        "description": chart.get("description"),
        "viz_type": chart["viz"],
        "params": params,
        "cache_timeout": None,
        "uuid": str(identifier("charts", chart["name"])),
        "dataset_uuid": str(identifier("datasets", chart["dataset"])),
        "version": _VERSION,
    }


def _dashboard(name: str, dashboard: Definition) -> dict[str, Any]:
    return {
        "dashboard_title": dashboard["title"],
        "description": dashboard["description"],
        "css": (definitions.FOLDER / "page.css").read_text("utf-8"),
        "slug": name.replace("_", "-"),
        "published": True,
        "uuid": str(identifier("dashboards", name)),
        "position": layout.position(dashboard),
        "metadata": {
            "color_scheme": dashboard.get("scheme", COLOURS),
            "label_colors": dashboard.get("colours", {}),
            "native_filter_configuration": layout.filters(dashboard),
            "cross_filters_enabled": True,
            "filter_bar_orientation": "HORIZONTAL",
            "refresh_frequency": 0,
        },
        "version": _VERSION,
    }
