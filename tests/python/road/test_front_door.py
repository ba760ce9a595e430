"""What a person types after the first run, and what it answers."""

import json
from pathlib import Path

import pytest
from road.conftest import Road

REPORTS = {
    "revenue_by_category": "Electronics",
    "purchases_by_demographics": "25-34",
    "sales_over_time": "2025-12",
    "anomalies": "outlier",
    "cohort_retention": "2023-01",
    "revenue_forecast": "2026-01",
    "quarantine_by_reason": "quantity zero",
}
# Their rows are looked at in test_questions_over_years.py.
OVER_YEARS = (
    "cohort_retention_by_quarter",
    "demographics_over_years",
    "forecast_accuracy",
    "growth_by_quarter",
    "revenue_without_season",
    "sales_by_region",
    "customers_by_season",
    "seasons_by_category",
)


def test_a_run_ends_with_a_report(shop: Road) -> None:
    assert "Revenue by category" in shop.output
    assert f"{float(shop.truth['expected']['sales']['revenue_by_category']['Toys']):,.2f}" in (
        shop.output
    )


def test_a_second_run_changes_nothing(shop: Road) -> None:
    def state() -> list[object]:
        return [
            shop.warehouse.query("select xmin::text, count(*) from marts.fct_sales group by 1"),
            shop.warehouse.query("select max(load_id), count(*) from raw._loads"),
            shop.warehouse.query(
                "select max(archived_at) from archive.archive_ledger", "GREENPLUM"
            ),
        ]

    before = state()
    output = shop.warehouse.run("warehouse", "run").stdout
    assert "Nothing is new" in output
    assert "Revenue by category" in output
    assert state() == before


def test_archiving_again_adds_nothing(shop: Road) -> None:
    def counts() -> list[object]:
        return [
            shop.warehouse.query(f"select count(*) from {table}", "GREENPLUM")
            for table in (
                "archive.historical_sales",
                "archive.historical_products",
                "archive.historical_customers",
                "archive.archive_ledger",
                "history.products_history",
                "history.customers_history",
            )
        ]

    before = counts()
    shop.warehouse.run("warehouse", "archive")
    assert counts() == before


@pytest.mark.parametrize(
    ("month", "complaint"),
    [("2999-01", "2999-01 is not over"), ("october", "'october' does not match the format")],
)
def test_a_month_that_cannot_be_archived_is_said(shop: Road, month: str, complaint: str) -> None:
    done = shop.warehouse.run("warehouse", "archive", "--month", month, check=False)
    assert done.returncode != 0
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", REPORTS)
def test_reports(shop: Road, name: str) -> None:
    assert REPORTS[name] in shop.warehouse.run("warehouse", "report", name).stdout


def test_without_a_name_the_reports_are_listed(shop: Road) -> None:
    listing = shop.warehouse.run("warehouse", "report").stdout
    assert all(name in listing for name in (*REPORTS, *OVER_YEARS))


def test_the_account_tells_what_became_of_the_lines(shop: Road) -> None:
    truth = shop.truth["expected"]["sales"]
    lines = shop.warehouse.run("warehouse", "account").stdout.splitlines()
    [sales] = [line.replace(",", "").split() for line in lines if line.startswith("sales_data ")]
    counts = [int(cell) for cell in sales[2:]]
    assert counts[2:] == [truth["rejected"], truth["superseded"], truth["current"]]
    assert counts[0] == sum(counts[1:])


def test_the_account_of_a_file_names_its_bad_lines(shop: Road) -> None:
    [(file, line, reason)] = shop.warehouse.query(
        "select _source_file, _source_line, rejection_reasons from quarantine.qrn_sale_lines "
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
        "warehouse: there is no report 'profit': choose one of "
        + ", ".join(sorted((*REPORTS, *OVER_YEARS)))
    ]


def test_dbt_by_hand_in_any_directory(shop: Road, tmp_path: Path) -> None:
    done = shop.warehouse.run("dbt", "build", "--select", "dim_date", cwd=tmp_path)
    assert "Completed successfully" in done.stdout


@pytest.mark.parametrize(
    ("target", "node", "owner"),
    [
        ("postgres", "summary_sales", "clickhouse"),
        ("clickhouse", "fct_sales", "postgres"),
        ("clickhouse", "historical_sales", "greenplum"),
        ("greenplum", "landing_sales", "clickhouse"),
    ],
)
def test_dbt_refuses_a_model_on_another_engine(
    shop: Road, target: str, node: str, owner: str
) -> None:
    done = shop.warehouse.run("dbt", "run", "--target", target, "--select", node, check=False)
    assert done.returncode != 0
    assert f"{node} belongs to {owner}, and the target is {target}" in done.stdout


def test_the_catalogue_describes_all_three_engines(shop: Road) -> None:
    shop.warehouse.run("warehouse", "docs")
    folder = shop.warehouse.home / "dbt"
    catalog = json.loads((folder / "catalog.json").read_text(encoding="utf-8"))
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert (folder / "index.html").exists()

    found = {**catalog["nodes"], **catalog["sources"]}
    documented = {**manifest["nodes"], **manifest["sources"]}
    expected = {
        unique_id
        for unique_id, node in documented.items()
        if node["resource_type"] in ("model", "seed", "snapshot", "source")
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
    shop.warehouse.run("dbt", "parse")
    manifest = json.loads((shop.warehouse.home / "dbt" / "manifest.json").read_text("utf-8"))
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
