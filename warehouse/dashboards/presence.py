"""Which charts a warehouse has something for: a shop without stores needs no chart of them."""

from typing import Any

from warehouse import queries
from warehouse.dashboards.definitions import Definition, datasets


def present(dashboard: Definition) -> dict[str, Any]:
    """Return the dashboard with the charts that have something to show.

    Raises:
        UserError: An engine does not answer, or nothing is built there yet.
    """
    rows = []
    for row in dashboard["rows"]:
        if charts := [chart for chart in row["charts"] if _has_data(chart)]:
            rows.append({**row, "charts": charts})
    return {**dashboard, "rows": rows}


def _has_data(chart: Definition) -> bool:
    if "only_where" not in chart:
        return True
    engine = datasets()[chart["dataset"]]["database"]
    _, rows = queries.run(f"select 1 where exists ({chart['only_where']})", engine)
    return bool(rows)
