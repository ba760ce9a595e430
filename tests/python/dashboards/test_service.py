"""`make dashboards` shows every chart, with the numbers of the reports, and viewers change nothing."""

import json
import re
import socket
import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import psutil
import pytest
import urllib3
from support import Warehouse

from warehouse import environment
from warehouse.dashboards import browser, definitions

pytestmark = pytest.mark.drill

ALWAYS = "1900-01-01 : 2200-01-01"


@dataclass(frozen=True)
class Served:
    """Dashboards of a small shop, and what the command that made them said."""

    warehouse: Warehouse
    address: str
    port: str
    said: str

    def password(self, user: str) -> str:
        kept = dict(environment.read_file(self.warehouse.home / "dashboards.env"))
        return kept[f"DASHBOARDS_{user.upper()}_PASSWORD"]

    def again(self, *options: str | Path) -> str:
        return self.warehouse.run("warehouse", "dashboards", "--port", self.port, *options).stdout

    def ask(self, user: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """The status and the answer of Superset's API to a user."""
        login = {"username": user, "password": self.password(user), "provider": "db"}
        url = f"{self.address}/api/v1"
        token = urllib3.request("POST", f"{url}/security/login", json=login).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        answer = urllib3.request(method, f"{url}{path}", json=body, headers=headers)
        return answer.status, answer.json()

    def sums(self, dataset: str, column: str, measure: str) -> dict[str, Decimal]:
        """A measure by the values of a column, as a viewer gets it for a chart."""
        query = {
            "columns": ["id"],
            "filters": [{"col": "table_name", "opr": "eq", "value": dataset}],
        }
        path = f"/dataset/?q={_rison(query)}"
        [found] = self.ask("admin", "GET", path)[1]["result"]
        times = definitions.datasets()[dataset].get("times")
        always = {"granularity": times[0], "time_range": ALWAYS} if times else {}
        status, answer = self.ask(
            "viewer",
            "POST",
            "/chart/data",
            {
                "datasource": {"id": found["id"], "type": "table"},
                "queries": [{"columns": [column], "metrics": [measure], **always}],
            },
        )
        assert status == 200, answer
        rows = answer["result"][0]["data"]
        return {row[column]: Decimal(str(row[measure])).quantize(Decimal("0.01")) for row in rows}


def _rison(query: dict[str, Any]) -> str:
    # Superset reads JSON in place of Rison where it is quoted.
    import urllib.parse

    filters = ",".join(
        f"(col:{each['col']},opr:{each['opr']},value:{each['value']})" for each in query["filters"]
    )
    return urllib.parse.quote(f"(columns:!({','.join(query['columns'])}),filters:!({filters}))")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("dashboards")
    files = folder / "files"
    warehouse = Warehouse(folder / "home", {"SHOP_FILES": str(files)})
    warehouse.run("warehouse", "sample", "--rows", "20000", "--to", files)
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = str(free.getsockname()[1])
    try:
        warehouse.run("warehouse", "run")
        said = warehouse.run("warehouse", "dashboards", "--port", port).stdout
        yield Served(warehouse, f"http://127.0.0.1:{port}", port, said)
    finally:
        warehouse.run("warehouse", "dashboards", "--stop", check=False)
        warehouse.run("warehouse", "down", check=False)


def _reported(served: Served, report: str, by: str, measure: str) -> dict[str, Decimal]:
    """A column of a report by another one, as `make report` prints it."""
    printed = served.warehouse.run("warehouse", "report", report).stdout.splitlines()
    start = next(place for place, line in enumerate(printed) if measure in line.split())
    header = re.split(r" {2,}", printed[start].strip())
    found: dict[str, Decimal] = {}
    for line in filter(str.strip, printed[start + 1 :]):
        row = dict(zip(header, re.split(r" {2,}", line.strip()), strict=False))
        amount = Decimal(row[measure].replace(",", "")).quantize(Decimal("0.01"))
        found[row[by]] = found.get(row[by], Decimal(0)) + amount
    return found


def test_passwords_are_made_once_and_printed_once(served: Served) -> None:
    file = served.warehouse.home / "dashboards.env"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert served.address in served.said
    for user in ("admin", "viewer"):
        assert served.password(user) in served.said
    before = file.read_text("utf-8")
    again = served.again()
    assert served.address in again
    assert served.password("admin") not in again
    assert "importing" not in again
    assert file.read_text("utf-8") == before


def test_numbers_are_those_of_the_reports(served: Served) -> None:
    revenue = served.sums("sales_by_day", "category", "Net revenue")
    assert revenue == _reported(served, "revenue_by_category", "category", "net_revenue")
    regions = served.sums("regions", "region", "Net revenue")
    assert regions == _reported(served, "sales_by_region", "region", "revenue")
    refused = served.sums("refused_lines", "reason", "Lines")
    assert refused == _reported(served, "quarantine_by_reason", "reason", "line_count")
    habits = served.sums("buying_seasons", "habit", "Customers")
    assert habits == _reported(served, "customers_by_season", "habit", "customers")
    fates = served.sums("loads", "fate", "Lines")
    [(lines,)] = served.warehouse.query("select sum(lines_read) from quarantine.load_account")
    assert sum(fates.values()) == lines


def test_a_viewer_sees_and_changes_nothing(served: Served) -> None:
    status, seen = served.ask("viewer", "GET", "/dashboard/")
    assert (status, seen["count"]) == (200, len(definitions.dashboards()))
    for kind, field in (("dashboard", "dashboard_title"), ("chart", "slice_name")):
        first = served.ask("admin", "GET", f"/{kind}/")[1]["result"][0]["id"]
        for method, path, body in (
            ("PUT", f"/{kind}/{first}", {field: "mine"}),
            ("POST", f"/{kind}/", {field: "mine"}),
            ("DELETE", f"/{kind}/{first}", None),
        ):
            assert served.ask("viewer", method, path, body)[0] in (403, 404), (method, path)
    query = {"database_id": 1, "sql": "select 1"}
    assert served.ask("viewer", "POST", "/sqllab/execute/", query)[0] == 403
    assert served.ask("viewer", "GET", "/database/1")[0] in (403, 404)


def test_nothing_is_written_by_way_of_a_dashboard(served: Served) -> None:
    databases = served.ask("admin", "GET", "/database/")[1]["result"]
    for database in databases:
        query = {"database_id": database["id"], "sql": "create table mine (a int)"}
        assert served.ask("admin", "POST", "/sqllab/execute/", query)[0] >= 400


def test_every_chart_is_drawn(served: Served, tmp_path: Path) -> None:
    if browser.program() is None:
        pytest.skip("Chromium is not installed (Debian: chromium)")
    served.again("--screenshots", tmp_path)
    pictures = {path.name for path in tmp_path.glob("*.png") if path.stat().st_size > 50_000}
    names = {name.replace("_", "-") for name in definitions.dashboards()}
    assert pictures == {f"{name}{end}.png" for name in names for end in ("", "-telephone")}


def test_stopping_stops(served: Served) -> None:
    served.warehouse.run("warehouse", "dashboards", "--stop")
    for process in psutil.process_iter():
        try:
            assert process.environ().get("SUPERSET_HOME") != str(served.warehouse.home / "superset")
        except psutil.Error:
            continue
    with closing(socket.create_server(("127.0.0.1", int(served.port)))):
        pass
    assert json.dumps(served.again()).count(served.address) == 1
