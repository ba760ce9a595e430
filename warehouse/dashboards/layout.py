"""A dashboard's rows and filters as Superset writes them down: a grid of twelve columns."""

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from warehouse.dashboards.definitions import Definition, charts, datasets

_VERSION = "v2"
_ROOT = ("ROOT_ID", "GRID_ID")


def identifier(kind: str, name: str) -> UUID:
    """An asset's id, which stays the same: by it Superset knows what it has."""
    return uuid5(NAMESPACE_URL, f"warehouse/dashboards/{kind}/{name}")


def numbers(dashboard: Definition) -> dict[str, int]:
    """Numbers for the charts within the import; Superset puts its own in their place."""
    start = 1000 * int(dashboard["number"])
    return {chart["name"]: start + place for place, chart in enumerate(charts(dashboard))}


def position(dashboard: Definition) -> dict[str, Any]:
    """The grid: each row with its charts, as wide and high as they say."""
    rows = {f"ROW-{place}": row for place, row in enumerate(dashboard["rows"])}
    grid: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": _VERSION,
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "GRID_ID": {
            "type": "GRID",
            "id": "GRID_ID",
            "children": list(rows),
            "parents": ["ROOT_ID"],
        },
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": dashboard["title"]}},
    }
    for row_id, row in rows.items():
        cells = {f"CHART-{numbers(dashboard)[chart['name']]}": chart for chart in row["charts"]}
        grid[row_id] = {
            "type": "ROW",
            "id": row_id,
            "children": list(cells),
            "parents": list(_ROOT),
            "meta": {"background": "BACKGROUND_TRANSPARENT"},
        }
        for cell, chart in cells.items():
            grid[cell] = {
                "type": "CHART",
                "id": cell,
                "children": [],
                "parents": [*_ROOT, row_id],
                "meta": {
                    "chartId": numbers(dashboard)[chart["name"]],
                    "uuid": str(identifier("charts", chart["name"])),
                    "sliceName": chart["name"],
                    "width": chart["width"],
                    "height": row["height"],
                },
            }
    return grid


def filters(dashboard: Definition) -> list[dict[str, Any]]:
    """The filters beside the charts."""
    return [
        _filter(dashboard, number, each) for number, each in enumerate(dashboard.get("filters", ()))
    ]


def _filter(dashboard: Definition, number: int, about: Definition) -> dict[str, Any]:
    column = about.get("column")
    skipped = [
        place
        for chart in charts(dashboard)
        for place in [numbers(dashboard)[chart["name"]]]
        if about["name"] in chart.get("beyond", ())
        or (column and column not in datasets()[chart["dataset"]]["columns"])
    ]
    target = (
        {
            "column": {"name": column},
            "datasetUuid": str(identifier("datasets", about["dataset"])),
        }
        if column
        else {}
    )
    return {
        "id": f"NATIVE_FILTER-{number}",
        "name": about["name"],
        "type": "NATIVE_FILTER",
        "filterType": "filter_select" if column else "filter_time",
        "targets": [target],
        "scope": {"rootPath": ["ROOT_ID"], "excluded": skipped},
        "cascadeParentIds": [],
        "defaultDataMask": {"extraFormData": {}, "filterState": {}, "ownState": {}},
        "controlValues": {
            "multiSelect": not about.get("one", False),
            "defaultToFirstItem": about.get("one", False),
            "enableEmptyFilter": about.get("one", False),
            "searchAllOptions": False,
            "inverseSelection": False,
            # The first is the one with most.
            "sortAscending": "by" not in about,
        },
        **({"sortMetric": about["by"]} if "by" in about else {}),
        "description": about.get("description", ""),
    }
