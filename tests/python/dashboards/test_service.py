"""`make dashboards` draws every chart, with the numbers of the reports; viewers change nothing."""

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
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import psutil
import pytest
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
        """The status and the answer of Superset's API to a user who has come by the login page."""
        visitor = build_opener(HTTPCookieProcessor())
        with visitor.open(f"{self.address}/login/") as page:
            [token] = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page.read().decode())
        login = {"username": user, "password": self.password(user), "csrf_token": token}
        with visitor.open(f"{self.address}/login/", urlencode(login).encode()):
            pass
        request = Request(  # noqa: S310 (http)
            f"{self.address}/api/v1{path}",
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Content-Type": "application/json", "X-CSRFToken": token},
            method=method,
        )
        try:
            with visitor.open(request) as answer:
                return answer.status, json.load(answer)
        except HTTPError as refused:
            return refused.code, json.load(refused)

    def sums(
        self, dataset: str, column: str, measure: str, currency: str | None = None
    ) -> dict[str, Decimal]:
        """A measure by the values of a column, as a viewer gets it for a chart."""
        only = [{"col": "currency", "op": "==", "val": currency}] if currency else []
        path = f"/dataset/?q=(filters:!((col:table_name,opr:eq,value:{dataset})))"
        [found] = self.ask("admin", "GET", path)[1]["result"]
        times = definitions.datasets()[dataset].get("times")
        always = {"granularity": next(iter(times)), "time_range": ALWAYS} if times else {}
        status, answer = self.ask(
            "viewer",
            "POST",
            "/chart/data",
            {
                "datasource": {"id": found["id"], "type": "table"},
                "queries": [{"columns": [column], "metrics": [measure], "filters": only, **always}],
            },
        )
        assert status == 200, answer
        rows = answer["result"][0]["data"]
        return {row[column]: Decimal(str(row[measure])).quantize(Decimal("0.01")) for row in rows}


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
    rows = [re.split(r" {2,}", line.strip()) for line in printed]
    start = next(place for place, row in enumerate(rows) if {by, measure} <= set(row))
    found: dict[str, Decimal] = {}
    for cells in rows[start + 1 :]:
        row = dict(zip(rows[start], cells, strict=False))
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


def test_figures_of_four_weeks_are_the_metrics(served: Served) -> None:
    [(first, last)] = served.warehouse.query(
        "select (max(sale_date) - 27)::text, max(sale_date)::text from marts.fct_sales "
        "where currency = 'EUR'"
    )
    asked = ("--by", "currency", "--from", first, "--to", last, "--format", "json")
    done = served.warehouse.run("warehouse", "metric", "net_revenue,orders,customers", *asked)
    rows = json.loads(done.stdout, parse_float=Decimal)
    [told] = [row for row in rows if row["currency"] == "EUR"]
    for measure in ("Net revenue", "Orders", "Customers"):
        periods = served.sums("sales_by_four_weeks", "period_start", measure, "EUR")
        assert periods[max(periods)] == told[measure.lower().replace(" ", "_")]


def test_a_viewer_sees_and_changes_nothing(served: Served) -> None:
    status, seen = served.ask("viewer", "GET", "/dashboard/")
    assert (status, seen["count"]) == (200, len(definitions.dashboards()))
    for kind, field in (("dashboard", "dashboard_title"), ("chart", "slice_name")):
        first = served.ask("admin", "GET", f"/{kind}/")[1]["result"][0]["id"]
        for method, path, body in (
            ("PUT", f"/{kind}/{first}", {field: "mine"}),
            ("POST", f"/{kind}/", {field: "mine"}),
            ("DELETE", f"/{kind}/?q=!({first})", None),
        ):
            assert served.ask("viewer", method, path, body)[0] == 403, (method, path)
    query = {"database_id": 1, "sql": "select 1"}
    assert served.ask("viewer", "POST", "/sqllab/execute/", query)[0] == 403
    assert served.ask("viewer", "GET", "/database/1")[0] in (403, 404)


def test_nothing_is_written_by_way_of_a_dashboard(served: Served) -> None:
    for database in served.ask("admin", "GET", "/database/")[1]["result"]:
        schema = {"ClickHouse": "serving"}.get(database["database_name"], "public")
        query = {
            "database_id": database["id"],
            "schema": schema,
            "sql": "create table mine (a int)",
        }
        status, answer = served.ask("admin", "POST", "/sqllab/execute/", query)
        assert status >= 400
        assert "DML" in json.dumps(answer)
        query["sql"] = "select 1 as one"
        assert served.ask("admin", "POST", "/sqllab/execute/", query)[0] == 200


def test_every_chart_is_drawn(served: Served, tmp_path: Path) -> None:
    if browser.program() is None:
        pytest.skip("Chromium is not installed (Debian: chromium)")
    served.again("--screenshots", tmp_path)
    pictures = {path.name for path in tmp_path.glob("*.png") if path.stat().st_size > 50_000}
    names = {name.replace("_", "-") for name in definitions.dashboards()}
    assert pictures == {f"{name}{end}.png" for name in names for end in ("", "-telephone")}


def test_what_was_made_by_hand_comes_back_with_a_backup(served: Served, tmp_path: Path) -> None:
    chart = {"slice_name": "By hand", "viz_type": "table", "params": "{}"}
    dataset = {"datasource_id": 1, "datasource_type": "table"}
    assert served.ask("admin", "POST", "/chart/", {**chart, **dataset})[0] == 201
    served.warehouse.run("warehouse", "backup", "--to", tmp_path / "backups")
    home = tmp_path / "restored"
    served.warehouse.run("warehouse", "restore", "--from", tmp_path / "backups", "--to-home", home)
    again = Warehouse(home, served.warehouse.settings)
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = str(free.getsockname()[1])
    restored = Served(again, f"http://127.0.0.1:{port}", port, "")
    try:
        restored.again()
        charts = restored.ask("admin", "GET", "/chart/?q=(page_size:100)")[1]["result"]
        assert "By hand" in {each["slice_name"] for each in charts}
        revenue = served.sums("sales_by_day", "category", "Net revenue")
        assert restored.sums("sales_by_day", "category", "Net revenue") == revenue
    finally:
        again.run("warehouse", "dashboards", "--stop", check=False)
        again.run("warehouse", "down", check=False)


def test_stopping_stops(served: Served) -> None:
    served.warehouse.run("warehouse", "dashboards", "--stop")
    for process in psutil.process_iter():
        try:
            assert process.environ().get("SUPERSET_HOME") != str(served.warehouse.home / "superset")
        except psutil.Error:
            continue
    with closing(socket.create_server(("127.0.0.1", int(served.port)))):
        pass
    assert served.address in served.again()
