"""Any of dbt's selections over three engines, in the order of the graph, and what names it."""

import re

import pytest
from road.conftest import Road


def _engines(output: str) -> list[str]:
    """The engines of the parts that were run, in their order."""
    return re.findall(r"^── \d+/\d+ (\w+):", output, flags=re.MULTILINE)


def _summary(output: str) -> list[list[str]]:
    _, _, table = output.rpartition("engine ")
    return [line.split() for line in table.splitlines()[1:]]


def test_a_selection_is_built_engine_by_engine(shop: Road) -> None:
    # all_sales needs the ledger by way of models that are not selected.
    select = ("--select", "sales_months hot_months archive_ledger all_sales")
    output = shop.warehouse.run("warehouse", "build", *select).stdout
    assert _engines(output) == ["PostgreSQL", "ClickHouse", "Greenplum", "ClickHouse"]
    assert [row[0] for row in _summary(output)] == _engines(output)
    # Nothing failed, nothing was skipped, and each part has built something.
    assert all(int(row[1]) > 0 and row[4:] == ["0", "0"] for row in _summary(output))


def test_what_needs_something_that_failed_is_not_begun(shop: Road) -> None:
    warehouse = shop.warehouse
    warehouse.query("create table lost_sale as select * from marts.fct_sales limit 1")
    warehouse.query(
        "delete from marts.fct_sales where sale_key in (select sale_key from lost_sale)"
    )
    try:
        select = ("--select", "fct_sales_holds_every_current_line hot_months")
        done = warehouse.run("warehouse", "build", *select, check=False)
    finally:
        warehouse.query("insert into marts.fct_sales select * from lost_sale")
        warehouse.query("drop table lost_sale")
    assert done.returncode == 1
    first, second = _summary(done.stdout)
    assert first[0] == "PostgreSQL"
    assert first[4] == "1"
    assert second == ["ClickHouse", "not", "begun"]


def test_what_was_never_built_is_built_along(shop: Road) -> None:
    shop.warehouse.query("drop table seeds.holidays")
    output = shop.warehouse.run("warehouse", "build", "--select", "dim_date").stdout
    assert "never built, and built along: holidays\n" in output
    assert _engines(output) == ["PostgreSQL"]
    assert shop.warehouse.query("select count(*) > 0 from seeds.holidays") == [(True,)]


def test_nothing_selected_is_said(shop: Road) -> None:
    done = shop.warehouse.run("warehouse", "build", "--select", "nothing_like_it", check=False)
    assert done.returncode == 1
    assert "nothing is selected by 'nothing_like_it'" in done.stderr


def test_the_tests_alone(shop: Road) -> None:
    select = ("--select", "load_account_balances hot_sales_match_fct_sales")
    output = shop.warehouse.run("warehouse", "test-data", *select).stdout
    assert _engines(output) == ["PostgreSQL", "ClickHouse"]
    assert all(row[1] == "0" and int(row[2]) > 0 for row in _summary(output))


@pytest.mark.parametrize(
    ("command", "node", "target"),
    [
        ("compile", "historical_sales", "postgres"),
        ("show", "load_account", "greenplum"),
        ("test", "fct_sales", "clickhouse"),
    ],
)
def test_dbt_on_the_wrong_engine_names_the_command(
    shop: Road, command: str, node: str, target: str
) -> None:
    done = shop.warehouse.dbt(command, "--select", node, target=target, check=False)
    assert done.returncode != 0
    assert f"and the target is {target}" in done.stdout
    assert "make build SELECT=…" in done.stdout
