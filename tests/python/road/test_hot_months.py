"""ClickHouse replaces the months that changed, whole and alone, however a run ends."""

import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import psutil
import pytest
from road.contents import contents
from support import PROGRAMS, Warehouse, kill, wait_for

from warehouse import environment

MONTHS = """
    select
        toStartOfMonth(sale_date),
        sum(sipHash64(toString(tuple(* except (_load_id, _changed_at, _refreshed_at)))))
    from serving.hot_sales
    group by 1
"""
STAGED = """
    select count() from system.tables
    where database = 'serving' and name like 'hot\\_sales\\_\\_dbt%'
"""
LEFT_OVER = """
    select name from system.tables where database = 'serving' and name like '%\\_\\_dbt%'
"""
# What each model read since a moment: the rows to put others into place, and the projections of
# hot_sales that it asked in the place of its rows.
READ = """
    select
        extract(query, '"node_id": "model.warehouse.(\\w+)"') as model,
        sumIf(read_rows, query_kind = 'Insert'),
        arraySort(groupUniqArrayArray(arrayMap(name -> splitByChar('.', name)[-1], projections)))
    from system.query_log
    where type = 'QueryFinish' and event_time_microseconds > %(since)s and model != ''
    group by model
"""
IN_MAY = "sale_date between '2024-05-01' and '2024-05-31'"
REFRESHED = "select {month} as month, max(_refreshed_at) from serving.{table} group by month"
TABLES = {
    "hot_sales": "toStartOfMonth(sale_date)",
    "summary_sales": "month_start",
    "summary_products_monthly": "month_start",
}


@pytest.fixture(scope="module")
def warehouse(star: Warehouse) -> Warehouse:
    """A small shop, built on PostgreSQL and ClickHouse."""
    star.clickhouse().command("drop database if exists serving sync")
    star.dbt("run", target="clickhouse")
    return star


def test_months_that_changed_are_replaced_and_no_others(warehouse: Warehouse) -> None:
    before = {table: _ask(warehouse, REFRESHED, table) for table in TABLES}
    old = _ask(warehouse, MONTHS)
    changed = _change_files(warehouse)
    warehouse.run("warehouse", "ingest")
    warehouse.dbt("run", target="postgres")
    warehouse.dbt("build", target="clickhouse")

    new = _ask(warehouse, MONTHS)
    assert {month for month in new if new[month] != old.get(month)} == changed
    for table, refreshed in before.items():
        after = _ask(warehouse, REFRESHED, table)
        assert {month for month in after if after[month] != refreshed.get(month)} == changed, table


@pytest.mark.drill
def test_a_refresh_that_is_killed_leaves_whole_months(warehouse: Warehouse) -> None:
    old = _ask(warehouse, MONTHS)
    changed = {date(2024, 5, 1), date(2025, 2, 1)}
    months = ", ".join(f"'{month}'" for month in changed)
    warehouse.query(
        "update marts.fct_sales set country = 'Elsewhere' "
        f"where date_trunc('month', sale_date) in ({months})"
    )
    warehouse.query(
        f"update marts.sales_months set changed_at = now() where sale_month in ({months})"
    )

    _die(warehouse, "dbt run")
    disturbed = _ask(warehouse, MONTHS)
    _die(warehouse, "warehouse.bridge")
    warehouse.up()
    disturbed_again = _ask(warehouse, MONTHS)
    warehouse.dbt("build", target="clickhouse")

    new = _ask(warehouse, MONTHS)
    assert {month for month in new if new[month] != old[month]} == changed
    for found in (disturbed, disturbed_again):
        assert all(content in (old[month], new[month]) for month, content in found.items())
    assert warehouse.clickhouse().query(LEFT_OVER).result_rows == []


def test_nothing_new_replaces_nothing(warehouse: Warehouse) -> None:
    before = {table: _ask(warehouse, REFRESHED, table) for table in TABLES}
    checks = "select count() from serving.agreement"
    checked = warehouse.clickhouse().query(checks).result_rows
    warehouse.dbt("run", target="clickhouse")
    assert {table: _ask(warehouse, REFRESHED, table) for table in TABLES} == before
    assert warehouse.clickhouse().query(checks).result_rows == checked


def test_one_month_is_read_and_not_its_history(warehouse: Warehouse) -> None:
    client = warehouse.clickhouse()
    since = client.command("select now64(6)")
    warehouse.query(
        "update marts.sales_months set changed_at = now() where sale_month = '2024-05-01'"
    )
    nodes = ("hot_months", *TABLES, "agreement")
    warehouse.run("dbt", "run", "--target", "clickhouse", "--select", *nodes)
    ((lines,),) = warehouse.query(f"select count(*) from marts.fct_sales where {IN_MAY}")

    client.command("system flush logs")
    read = {model: found for model, *found in client.query(READ, {"since": since}).result_rows}
    assert read["summary_sales"] == read["summary_products_monthly"] == [lines, ["versions"]]
    assert read["hot_sales"][1] == ["customers", "products", "stores", "versions"]
    rows, projections = read["agreement"]
    # Those of both engines, and some that tell of a whole month.
    assert 2 * lines <= rows < 4 * lines
    assert projections == ["versions"]


def test_a_full_refresh_gives_the_same_rows(warehouse: Warehouse) -> None:
    before = contents(warehouse, "CLICKHOUSE")
    warehouse.dbt("run", "--full-refresh", target="clickhouse")
    assert contents(warehouse, "CLICKHOUSE") == before


def test_a_month_that_differs_is_named_with_both_values(warehouse: Warehouse) -> None:
    warehouse.clickhouse().command(
        "alter table serving.hot_sales update amount = amount + 1 "
        f"where {IN_MAY} settings mutations_sync = 2"
    )
    build = ("build", "--select", "agreement", "hot_sales_match_fct_sales")
    # No month is read anew.
    warehouse.dbt(*build, target="clickhouse")
    all_months = ("--vars", "check_all_months: true")
    done = warehouse.dbt(*build, *all_months, target="clickhouse", check=False)
    assert done.returncode != 0
    assert "shop 2024-05: PostgreSQL holds" in done.stdout
    ((count, amount),) = warehouse.query(
        f"select count(*), sum(amount) from marts.fct_sales where {IN_MAY}"
    )
    assert f"PostgreSQL holds {count} lines" in done.stdout
    assert f"amount {amount + count}, hash" in done.stdout


def test_a_month_that_has_gone_is_dropped(warehouse: Warehouse) -> None:
    last = date(2026, 1, 1)
    held = {table: set(_ask(warehouse, REFRESHED, table)) for table in TABLES}
    warehouse.query(f"delete from marts.fct_sales where sale_date >= '{last}'")
    warehouse.query(f"delete from marts.sales_months where sale_month = '{last}'")
    nodes = ("hot_months", *TABLES)
    warehouse.dbt("run", "--select", *nodes, target="clickhouse")
    for table, months in held.items():
        assert set(_ask(warehouse, REFRESHED, table)) == months - {last} != months


@pytest.mark.drill
def test_ten_years_that_come_at_once_are_taken(warehouse: Warehouse) -> None:
    """They are more partitions than ClickHouse fills by one insert if it is not told."""
    months = [date(2005 + number // 12, 1 + number % 12, 1) for number in range(120)]
    lines = (f"OLD{month:%Y%m},{month} 10:00:00,P00001,1,9.99,\n" for month in months)
    files = Path(warehouse.settings["SHOP_FILES"])
    (files / "sales_data" / "sales_data_2026-01-03.csv").write_text(
        "sale_id,sold_at,product_id,quantity,unit_price,customer_id\n" + "".join(lines)
    )
    warehouse.run("warehouse", "ingest")
    warehouse.dbt("run", target="postgres")
    warehouse.dbt("run", "--select", "hot_months", *TABLES, target="clickhouse")
    for table in TABLES:
        assert set(_ask(warehouse, REFRESHED, table)) >= set(months)


def _ask(warehouse: Warehouse, query: str, table: str = "hot_sales") -> dict[date, Any]:
    statement = query.format(table=table, month=TABLES[table])
    return dict(warehouse.clickhouse().query(statement).result_rows)


def _change_files(warehouse: Warehouse) -> set[date]:
    """A next day, a late sale, a correction into another month, a renamed product.

    Returns the months that are no longer what they were.
    """
    files = Path(warehouse.settings["SHOP_FILES"])
    ((sale_id, product_id),) = warehouse.query(
        "select sale_id, product_id from marts.fct_sales "
        "join marts.dim_product using (product_key) "
        "where sale_date between '2024-03-01' and '2024-03-31' order by sale_id limit 1"
    )
    (files / "sales_data" / "sales_data_2026-01-02.csv").write_text(
        "sale_id,sold_at,product_id,quantity,unit_price,customer_id\n"
        f"X00000001,2026-01-02 10:00:00,{product_id},1,9.99,\n"
        f"X00000002,2023-06-15 10:00:00,{product_id},1,9.99,\n"
        f"{sale_id},2024-09-10 10:00:00,{product_id},1,9.99,\n"
    )
    ((renamed, category, price),) = warehouse.query(
        "select product_id, category, list_price from marts.fct_sales join marts.dim_product "
        "using (product_key) where product_id <> 'Unknown' "
        "group by 1, 2, 3 order by count(*), product_id limit 1"
    )
    (files / "product_data" / "product_data_2026-01-02.csv").write_text(
        "product_id,category,name,supplier,price\n"
        f'{renamed},{category},"Another name",Another supplier,{price}\n'
    )
    months = warehouse.query(
        "select distinct date_trunc('month', sale_date)::date from marts.fct_sales "
        f"join marts.dim_product using (product_key) where product_id = '{renamed}'"
    )
    return {month for (month,) in months} | {
        date(2026, 1, 1),
        date(2023, 6, 1),
        date(2024, 3, 1),
        date(2024, 9, 1),
    }


def _die(warehouse: Warehouse, victim: str) -> None:
    """Refresh ClickHouse, and end a process when the new months lie beside the old ones."""
    run = subprocess.Popen(
        [PROGRAMS / "dbt", "run", "--target", "clickhouse"],
        env=warehouse.environ,
        cwd=environment.ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    client = warehouse.clickhouse()
    wait_for(lambda: client.command(STAGED) != 0 or run.poll() is not None)
    process = psutil.Process(run.pid) if victim == "dbt run" else _bridge(warehouse)
    kill(process)
    assert run.wait() != 0, "the run was over before the process was ended"


def _bridge(warehouse: Warehouse) -> psutil.Process:
    for process in psutil.process_iter(["cmdline", "environ"]):
        environ = process.info["environ"] or {}
        if "warehouse.bridge" in (process.info["cmdline"] or []) and environ.get(
            "WAREHOUSE_BRIDGE_DATA"
        ) == str(warehouse.home / "clickhouse"):
            return process
    raise AssertionError("there is no bridge")
