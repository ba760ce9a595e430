"""What a person types after the first run, and what it answers."""

import csv
import io
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from road.conftest import Road
from support import Warehouse

# By the engine that answers them, each with a word of its answer.
REPORTS = {
    "postgres": {"quarantine_by_reason": "quantity zero"},
    "clickhouse": {
        "revenue_by_category": "Electronics",
        "purchases_by_demographics": "25-34",
        "sales_over_time": "2025-12",
        "anomalies": "outlier",
        "margins": "Electronics",
        "sales_by_store": "Zürich Bahnhofstrasse",
        "sales_by_currency": "CHF",
    },
    "greenplum": {
        "cohort_retention": "2023-01",
        "cohort_retention_by_quarter": "2023 Q1",
        "customers_by_season": "No one season",
        "demographics_over_years": "25-34",
        "forecast_accuracy": "Garden",
        "growth_by_quarter": "2025 Q4",
        "revenue_forecast": "2026-01",
        "revenue_without_season": "Grocery",
        "sales_by_region": "Northern Coast",
        "seasons_by_category": "Garden",
    },
}
ALL_REPORTS = sorted(name for reports in REPORTS.values() for name in reports)


def test_a_run_ends_with_a_report(shop: Road) -> None:
    assert "Revenue by category" in shop.output
    assert (
        f"{float(shop.truth['expected']['sales']['revenue_by_category']['Toys']['EUR']):,.2f}"
        in (shop.output)
    )


def test_a_run_over_sample_files_warns_of_nothing(shop: Road) -> None:
    """Its days are long past when it is loaded, and so none is overdue."""
    assert set(re.findall(r"WARN=\d+", shop.output)) == {"WARN=0"}


def test_a_second_run_changes_nothing(shop: Road) -> None:
    def state() -> list[object]:
        return [
            shop.warehouse.query("select xmin::text, count(*) from marts.fct_sales group by 1"),
            shop.warehouse.query("select max(load_id), count(*) from raw._loads"),
            shop.warehouse.query(
                "select max(archived_at) from archive.archive_ledger", "GREENPLUM"
            ),
        ]

    # What was built by hand makes the next run walk the road.
    shop.warehouse.dbt("run", "--select", "hot_months", target="clickhouse")
    assert "Nothing is new" not in shop.warehouse.run("warehouse", "run").stdout
    before = state()
    output = shop.warehouse.run("warehouse", "run").stdout
    assert "Nothing is new" in output
    assert "Revenue by category" in output
    assert state() == before


def test_tables_are_not_built_empty(shop: Road) -> None:
    for target in ("postgres", "clickhouse", "greenplum"):
        refused = shop.warehouse.dbt("run", "--empty", target=target, check=False)
        assert refused.returncode != 0
        assert "--empty would empty the tables of the warehouse" in refused.stdout


def test_archiving_again_adds_nothing(shop: Road) -> None:
    def counts() -> list[object]:
        return [
            shop.warehouse.query(f"select count(*) from {table}", "GREENPLUM")
            for table in (
                "archive.historical_sales",
                "archive.historical_products",
                "archive.historical_customers",
                "archive.historical_stores",
                "archive.archive_ledger",
                "history.products_history",
                "history.customers_history",
                "history.stores_history",
            )
        ]

    before = counts()
    shop.warehouse.run("warehouse", "archive")
    assert counts() == before


def test_a_month_that_is_not_over_is_said(shop: Road) -> None:
    done = shop.warehouse.run("warehouse", "archive", "--month", "2999-01", check=False)
    assert done.returncode != 0
    assert "2999-01 is not over" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("engine", ["clickhouse", "greenplum"])
def test_reports_answer(shop: Road, engine: str) -> None:
    """Compiled at once: a dbt for each takes seconds."""
    warehouse, reports = shop.warehouse, REPORTS[engine]
    selected = (f"{name},resource_type:analysis" for name in reports)
    warehouse.dbt("compile", "--select", *selected, target=engine)
    manifest = json.loads((warehouse.target_path(engine) / "manifest.json").read_text("utf-8"))
    for name, word in reports.items():
        query = manifest["nodes"][f"analysis.warehouse.{name}"]["compiled_code"]
        rows = (
            warehouse.clickhouse().query(query).result_rows
            if engine == "clickhouse"
            else warehouse.query(query, "GREENPLUM")
        )
        assert any(word in str(cell) for row in rows for cell in row), name


def test_timings_tell_of_the_last_run(shop: Road) -> None:
    shop.warehouse.dbt("run", "--select", "hot_months", target="clickhouse")
    told = shop.warehouse.run("warehouse", "timings").stdout
    run = r"^dbt run .*--target clickhouse.* of it [\d.]+ s before the first of \d+ nodes$"
    assert re.search(run, told, re.MULTILINE), told
    assert re.search(r"^ +\d+\.\d  .* success  model hot_months$", told, re.MULTILINE), told


def test_a_report_is_printed(shop: Road) -> None:
    [(name, word)] = REPORTS["postgres"].items()
    assert word in shop.warehouse.run("warehouse", "report", name).stdout


def test_a_report_is_compiled_anew_when_a_setting_changes(shop: Road) -> None:
    def reporting_currency(warehouse: Warehouse) -> str:
        told = warehouse.run("warehouse", "report", "sales_by_currency", "--format", "csv").stdout
        return next(csv.DictReader(io.StringIO(told)))["reporting_currency"]

    assert reporting_currency(shop.warehouse) == "EUR"
    in_pounds = shop.warehouse.with_settings(WAREHOUSE_REPORTING_CURRENCY="GBP")
    assert reporting_currency(in_pounds) == "GBP"


def test_a_report_is_a_file_for_other_programs(shop: Road) -> None:
    def written(form: str) -> str:
        return shop.warehouse.run(
            "warehouse", "report", "revenue_by_category", "--format", form
        ).stdout

    truth = shop.warehouse.clickhouse().query(
        "select currency, category, net_revenue from serving.category_revenue"
    )
    revenue = {tuple(row[:2]): row[2] for row in truth.result_rows}
    rows = list(csv.DictReader(io.StringIO(written("csv"))))
    assert {
        (row["currency"], row["category"]): Decimal(row["net_revenue"]) for row in rows
    } == revenue
    objects = json.loads(written("json"), parse_float=Decimal)
    assert {
        (each["currency"], each["category"]): each["net_revenue"] for each in objects
    } == revenue
    page = written("html")
    assert page.startswith("<!doctype html>")
    assert f"{max(revenue.values()):,.2f}</td>" in page
    assert "Home &amp; Kitchen" in page


def test_a_part_of_a_report_is_asked_for(shop: Road) -> None:
    asked = (
        "--from",
        "2025-11",
        "--to",
        "2025",
        "--category",
        "Home & Kitchen",
        "--source",
        "shop",
    )
    done = shop.warehouse.run(
        "warehouse", "report", "revenue_by_category", *asked, "--format", "json"
    )
    found = [
        (row["currency"], row["category"], row["net_revenue"])
        for row in json.loads(done.stdout, parse_float=Decimal)
    ]
    # The currency that sells most comes first.
    assert found == shop.warehouse.query(
        "select currency, category, sum(amount) "
        "from marts.fct_sales join marts.dim_product using (product_key) "
        "where category = 'Home & Kitchen' and sale_date >= '2025-11-01' "
        "and line_type <> 'adjustment' group by 1, 2 order by 1 desc"
    )
    assert [currency for currency, *_ in found] == ["EUR", "CHF"]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (("sales_over_time", "--category", "Toys"), "takes no CATEGORY: it takes FROM, TO"),
        (("purchases_by_demographics", "--to", "2025"), "takes no TO: it is always of everything"),
        (("sales_over_time", "--from", "2025-13"), "'2025-13' is no day, month or year"),
    ],
)
def test_what_a_report_cannot_tell_is_said(shop: Road, asked: tuple[str, ...], why: str) -> None:
    done = shop.warehouse.run("warehouse", "report", *asked, check=False)
    assert done.returncode == 1
    assert why in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_name_the_reports_are_listed(shop: Road) -> None:
    listing = shop.warehouse.run("warehouse", "report").stdout
    assert all(name in listing for name in ALL_REPORTS)


def test_the_account_tells_what_became_of_the_lines(shop: Road) -> None:
    truth = shop.truth["expected"]["sales"]
    lines = shop.warehouse.run("warehouse", "account").stdout.splitlines()
    [sales] = [line.replace(",", "").split() for line in lines if line.startswith("sales_data ")]
    counts = [int(cell) for cell in sales[2:]]
    assert counts[2:] == [truth["rejected"], truth["superseded"], truth["current"]]
    assert counts[0] == sum(counts[1:])


def test_the_account_of_a_file_names_its_bad_lines(shop: Road) -> None:
    [(file, line, reason)] = shop.warehouse.query(
        "select _source_file, _source_line, explanation from quarantine.qrn_sale_lines "
        "order by _source_file, _source_line limit 1"
    )
    account = shop.warehouse.run("warehouse", "account", file).stdout
    [told] = [each for each in account.splitlines() if each.endswith(f"quarantined: {reason}")]
    assert told.split()[:2] == [file, str(line)]


def test_the_account_of_an_unknown_file_is_said(shop: Road) -> None:
    done = shop.warehouse.run("warehouse", "account", "nowhere.csv", check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("warehouse: no file whose name holds 'nowhere.csv'")


def test_an_unknown_report_is_said(shop: Road) -> None:
    done = shop.warehouse.run("warehouse", "report", "profit", check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"warehouse: there is no report 'profit': choose one of {', '.join(ALL_REPORTS)}"
    ]


def test_dbt_by_hand_in_any_directory(shop: Road, tmp_path: Path) -> None:
    done = shop.warehouse.run("dbt", "build", "--select", "dim_date", cwd=tmp_path)
    assert "Completed successfully" in done.stdout


@pytest.mark.parametrize(
    ("target", "node", "owner"),
    [
        ("postgres", "summary_sales", "clickhouse"),
        ("clickhouse", "historical_sales", "greenplum"),
        ("greenplum", "landing_sales", "clickhouse"),
    ],
)
def test_dbt_refuses_a_model_on_another_engine(
    shop: Road, target: str, node: str, owner: str
) -> None:
    done = shop.warehouse.dbt("run", "--select", node, target=target, check=False)
    assert done.returncode != 0
    assert f"{node} belongs to {owner}, and the target is {target}" in done.stdout


@pytest.mark.usefixtures("catalogue")
def test_the_catalogue_describes_all_three_engines(shop: Road) -> None:
    folder = shop.warehouse.home / "dbt"
    catalog = json.loads((folder / "catalog.json").read_text(encoding="utf-8"))
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert (folder / "index.html").exists()
    assert "metric.warehouse.net_revenue" in manifest["metrics"]
    assert all(metric["description"] for metric in manifest["metrics"].values())

    found = {**catalog["nodes"], **catalog["sources"]}
    documented = {**manifest["nodes"], **manifest["sources"]}
    # Of a source system that nothing was loaded from there is no raw table yet.
    expected = {
        unique_id
        for unique_id, node in documented.items()
        if node["resource_type"] in ("model", "seed", "snapshot", "source")
        and not unique_id.startswith("source.warehouse.online_retail.")
    }
    assert set(found) == expected

    types = {
        "fct_sales": ("amount", "numeric(18,4)"),
        "summary_sales": ("category", "LowCardinality(String)"),
        "historical_sales": ("amount", "numeric(18,4)"),
    }
    for name, (column, kind) in types.items():
        columns = found[f"model.warehouse.{name}"]["columns"]
        assert columns[column]["type"] == kind

    lines = shop.truth["expected"]["sales"]["current"]
    for name in ("fct_sales", "hot_sales", "historical_sales"):
        assert found[f"model.warehouse.{name}"]["stats"]["row_count"]["value"] == lines

    undescribed_columns = [
        f"{unique_id}.{column}"
        for unique_id, entry in found.items()
        for column in entry["columns"]
        if not documented[unique_id]["columns"].get(column, {}).get("description")
    ]
    assert undescribed_columns == []
    assert [unique_id for unique_id in found if not documented[unique_id]["description"]] == []


def test_lineage_leads_from_a_raw_file_to_analytics(shop: Road) -> None:
    manifest_file = shop.warehouse.target_path("greenplum") / "manifest.json"
    manifest = json.loads(manifest_file.read_text("utf-8"))
    ancestors, waiting = set(), ["model.warehouse.customer_cohorts"]
    while waiting:
        for parent in manifest["parent_map"].get(waiting.pop(), []):
            if parent not in ancestors:
                ancestors.add(parent)
                waiting.append(parent)
    assert "source.warehouse.shop.sales_data" in ancestors


def test_no_password_is_written_down(shop: Road) -> None:
    """But for the file that keeps them, and ClickHouse's own description of its bridges."""
    home = shop.warehouse.home
    secrets = {
        shop.warehouse.setting(f"{engine}_PASSWORD").encode()
        for engine in ("POSTGRES", "CLICKHOUSE", "GREENPLUM")
    }
    leaks = [
        path.relative_to(home)
        for folder in ("dbt", "logs", "meltano")
        for path in (home / folder).rglob("*")
        if path.is_file() and any(secret in path.read_bytes() for secret in secrets)
    ]
    assert leaks == []
