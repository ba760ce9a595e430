"""Each measure has one definition: a metric answers what the engines tell in tables and views."""

import csv
import functools
import json
import os
import subprocess
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from road.conftest import Road

from warehouse import environment

Rows = dict[tuple[Any, ...], Any]

# By metric: what serving.category_revenue tells by currency and category; and what a view of `bi`
# tells of it, by currency and other dimensions.
METRICS: dict[str, tuple[str, str, str]] = {
    "net_revenue": ("net_revenue", "category", "sum(revenue + adjustments) from bi.sales_by_month"),
    "gross_revenue": ("gross_revenue", "category", "sum(gross_revenue) from bi.sales_by_month"),
    "returned_revenue": (
        "returned_revenue",
        "category",
        "sum(returned_revenue) from bi.sales_by_month",
    ),
    "revenue": (
        "gross_revenue - returned_revenue",
        "category",
        "sum(revenue) from bi.sales_by_month",
    ),
    "returned_percent": (
        "round(100 * returned_revenue / gross_revenue, 1)",
        "category",
        "round(100 * sum(returned_revenue) / sum(gross_revenue), 1) from bi.sales_by_month",
    ),
    "share_percent": (
        "share_percent",
        "region,year",
        "100 * min(share_of_year) from bi.sales_by_region",
    ),
    "orders": ("orders", "year", "sum(orders) from bi.customer_demographics"),
    "customers": ("customers", "", "count(*) from bi.customer_seasons"),
    "average_basket": (
        "average_basket",
        "year",
        "round(sum(gross_revenue) / sum(orders), 2) from bi.customer_demographics",
    ),
    "cost": ("cost", "category", "sum(cost) from bi.sales_by_month"),
    "margin": ("margin", "category", "sum(margin) from bi.sales_by_month"),
    "margin_percent": (
        "round(100 * margin / (margin + cost), 1)",
        "category",
        "round(100 * sum(margin) / sum(margin + cost), 1) from bi.sales_by_month",
    ),
    "net_quantity": ("net_quantity", "category", "sum(quantity) from bi.sales_by_month"),
}
ALL_METRICS = ",".join(METRICS)

# Both tables round a share, to another number of digits than the metric does.
SHARE_IS_NEAR = Decimal("0.055")


@pytest.fixture(scope="module")
def ask(shop: Road) -> Callable[..., list[dict[str, Any]]]:
    """Asks for all metrics, each question once; the currency is always among the dimensions."""

    @functools.cache
    def asked(by: str, *options: str) -> list[dict[str, Any]]:
        return answer(shop, ALL_METRICS, f"currency,{by}", *options)

    return asked


def answer(road: Road, names: str, by: str, *options: str) -> list[dict[str, Any]]:
    """The rows that `warehouse metric` prints."""
    done = road.warehouse.run(
        "warehouse", "metric", names, "--by", by, *options, "--format", "json"
    )
    rows: list[dict[str, Any]] = json.loads(done.stdout, parse_float=Decimal)
    return rows


def of_metric(rows: list[dict[str, Any]], metric: str) -> Rows:
    """What is told of one metric, by the dimensions as text."""
    return {
        tuple(str(value) for name, value in row.items() if name not in METRICS): row[metric]
        for row in rows
    }


@pytest.mark.parametrize("metric", METRICS)
def test_a_metric_is_what_clickhouse_tells(
    shop: Road, ask: Callable[..., Any], metric: str
) -> None:
    expression = METRICS[metric][0]
    query = f"select currency, category, {expression} from serving.category_revenue"
    told = {row[:-1]: row[-1] for row in shop.warehouse.clickhouse().query(query).result_rows}
    near = SHARE_IS_NEAR if metric == "share_percent" else 0
    assert of_metric(ask("category"), metric) == pytest.approx(told, rel=0, abs=near)


@pytest.mark.parametrize("metric", METRICS)
def test_a_metric_is_what_a_view_of_greenplum_tells(
    shop: Road, ask: Callable[..., Any], metric: str
) -> None:
    _, by, expression = METRICS[metric]
    columns = [
        "currency",
        *(name.replace("year", "sale_year::text") for name in by.split(",") if name),
    ]
    places = ", ".join(map(str, range(1, len(columns) + 1)))
    query = f"select {', '.join(columns)}, {expression} group by {places}"
    told = {row[:-1]: row[-1] for row in shop.warehouse.query(query, "GREENPLUM")}
    near = SHARE_IS_NEAR if metric == "share_percent" else 0
    assert of_metric(ask(by), metric) == pytest.approx(told, rel=0, abs=near)


@pytest.mark.parametrize("by", ["month,category", "week,gender,customer_region"])
def test_every_engine_answers_the_same(ask: Callable[..., Any], by: str) -> None:
    clickhouse = ask(by)
    assert len(clickhouse) > 6
    for engine in ("greenplum", "postgres"):
        told = ask(by, "--engine", engine)
        for metric in METRICS:
            assert of_metric(told, metric) == of_metric(clickhouse, metric), (engine, metric)


def test_customers_of_a_year_are_not_those_of_its_months(
    shop: Road, ask: Callable[..., Any]
) -> None:
    by_year = of_metric(ask("year"), "customers")
    counted = shop.warehouse.query(
        "select currency, to_char(sale_date, 'YYYY'), count(distinct customer_key) "
        "from marts.fct_sales where line_type = 'sale' "
        "and customer_key <> '00000000-0000-0000-0000-000000000000' group by 1, 2"
    )
    assert by_year == {row[:-1]: row[-1] for row in counted}
    assert sum(of_metric(ask("month,category"), "customers").values()) > sum(by_year.values())


def test_customers_by_age_and_gender_are_those_of_the_view(
    shop: Road, ask: Callable[..., Any]
) -> None:
    told = shop.warehouse.query(
        "select currency, sale_year::text, age_group, gender, sum(customers) "
        "from bi.customer_demographics group by 1, 2, 3, 4",
        "GREENPLUM",
    )
    by_group = of_metric(ask("year,age_group,gender"), "customers")
    assert by_group == {row[:-1]: row[-1] for row in told}


def test_adjustments_are_in_net_revenue_and_not_in_revenue(online_retail: Road) -> None:
    [told] = online_retail.warehouse.query(
        "select sum(revenue + adjustments), sum(revenue), sum(adjustments) < 0 "
        "from bi.sales_by_month where source_system = 'online_retail'",
        "GREENPLUM",
    )
    for engine in ("clickhouse", "greenplum", "postgres"):
        of = ("--source", "online_retail", "--engine", engine)
        [row] = answer(online_retail, "net_revenue,revenue", "source_system", *of)
        assert (row["net_revenue"], row["revenue"], True) == told


def test_a_part_is_asked_for(shop: Road) -> None:
    of = ("--from", "2025-03-07", "--to", "2025-04", "--category", "Home & Kitchen")
    rows = answer(shop, "net_revenue", "month", *of, "--source", "shop")
    counted = shop.warehouse.query(
        "select currency, to_char(sale_date, 'YYYY-MM'), sum(amount) "
        "from marts.fct_sales join marts.dim_product using (product_key) "
        "where category = 'Home & Kitchen' and sale_date between '2025-03-07' and '2025-04-30' "
        "group by 1, 2"
    )
    assert of_metric(rows, "net_revenue") == {row[:-1]: row[-1] for row in counted}
    assert len(rows) == 4


def who(road: Road, *arguments: str) -> str:
    """The table that answers."""
    told = road.warehouse.run("warehouse", "metric", *arguments).stderr
    return told.splitlines()[-1]


def test_people_read_a_table_and_who_answers(shop: Road) -> None:
    done = shop.warehouse.run("warehouse", "metric", "net_revenue", "--by", "quarter")
    lines = done.stdout.splitlines()
    assert lines[1] == "Net revenue by currency, quarter"
    assert lines[3].split() == ["currency", "quarter", "net_revenue"]
    assert lines[4].split()[:3] == ["CHF", "2023", "Q1"]
    assert done.stderr.splitlines() == ["serving.summary_sales on ClickHouse answers"]


def test_what_summaries_do_not_tell_is_asked_of_the_sales(shop: Road) -> None:
    by_store = who(shop, "orders", "--by", "store_name")
    assert by_store == "serving.summary_stores on ClickHouse answers"
    by_supplier = who(shop, "customers", "--by", "supplier")
    assert by_supplier == "serving.hot_sales on ClickHouse answers"


def test_months_that_are_not_hot_are_asked_of_greenplum_and_else_of_the_star(shop: Road) -> None:
    clickhouse, by_category = shop.warehouse.clickhouse(), ("net_revenue", "--by", "category")
    clickhouse.command(
        "create table serving.kept engine = Memory as select * from serving.hot_months"
    )
    clickhouse.command("delete from serving.hot_months where sale_month < '2025-01-01'")
    changed = (
        "update marts.sales_months set quantity = quantity {} 1 where sale_month = '2023-06-01'"
    )
    try:
        assert who(shop, *by_category, "--from", "2025").endswith("on ClickHouse answers")
        former = (*by_category, "--to", "2024")
        assert who(shop, *former) == "archive.current_sales on Greenplum answers"
        shop.warehouse.query(changed.format("+"))
        assert who(shop, *former) == "marts.fct_sales on PostgreSQL answers"
        done = shop.warehouse.run(
            "warehouse", "metric", *former, "--engine", "greenplum", check=False
        )
        assert done.stderr.splitlines()[-1] == (
            "warehouse: nobody can tell that: Greenplum does not hold 2023-06 as the star does"
        )
        shop.warehouse.query(changed.format("-"))
    finally:
        clickhouse.command("truncate table serving.hot_months")
        clickhouse.command("insert into serving.hot_months select * from serving.kept")
        clickhouse.command("drop table serving.kept")


def test_metrics_and_dimensions_are_listed_with_what_they_are(shop: Road) -> None:
    metrics, dimensions = shop.warehouse.run("warehouse", "metric").stdout.split("\n\n")
    named = {line.split()[0]: line.split(maxsplit=1)[1] for line in metrics.splitlines()[1:]}
    assert named.keys() == METRICS.keys()
    assert named["customers"] == "Distinct known customers with an order."
    for line in dimensions.splitlines()[1:]:
        assert len(line.split()) > 3, line


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (("profit",), "there is no metric 'profit': choose among average_basket, "),
        (("orders", "--by", "colour"), "there is no dimension 'colour': choose among day, week, "),
        (
            ("orders", "--by", "region", "--engine", "postgres"),
            "nobody can tell that: marts.fct_sales does not tell region",
        ),
        (("orders", "--from", "soon"), "'soon' is no day, month or year"),
    ],
)
def test_what_cannot_be_told_is_said_in_a_line(
    shop: Road, asked: tuple[str, ...], why: str
) -> None:
    done = shop.warehouse.run("warehouse", "metric", *asked, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    [line] = done.stderr.splitlines()
    assert line.startswith(f"warehouse: {why}")


@pytest.mark.drill
def test_metricflow_judges_the_same(shop: Road, ask: Callable[..., Any], tmp_path: Path) -> None:
    program = os.environ.get("WAREHOUSE_TEST_METRICFLOW")
    if not program:
        pytest.skip("no MetricFlow: WAREHOUSE_TEST_METRICFLOW names its program mf (README.md)")
    (tmp_path / "dbt_project.yml").write_text("name: warehouse\nprofile: warehouse\n", "utf-8")
    here = shop.warehouse.with_settings(DBT_TARGET_PATH=str(tmp_path / "target"))
    here.run("dbt", "parse", "--target", "postgres")
    environ = here.with_settings(DBT_PROJECT_DIR=str(tmp_path)).environ
    environment.load(environ)
    by = ("--group-by", "sale__currency,product__category")
    subprocess.run(
        [program, "query", "--metrics", ALL_METRICS, *by, "--csv", "told.csv"],
        env=environ,
        cwd=tmp_path,
        check=True,
    )
    with (tmp_path / "told.csv").open(encoding="utf-8") as file:
        told = {
            (row["sale__currency"], row["product__category"]): row for row in csv.DictReader(file)
        }
    for metric in METRICS:
        judged = {key: Decimal(row[metric]) for key, row in told.items()}
        # It does not round.
        assert of_metric(ask("category"), metric) == pytest.approx(judged, rel=0, abs=0.051), metric
