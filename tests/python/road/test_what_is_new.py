"""A build looks at what is new since one that passed: lines, archived months, another project."""

import json

from road.conftest import Road
from support import Warehouse

TEST = "fct_sales_holds_every_current_line"


def is_found(warehouse: Warehouse, *selection: str) -> bool:
    """Whether a build finds that a line of `fct_sales` is not as it should be."""
    select = ("--select", *selection)
    done = warehouse.dbt("build", *select, target="postgres", check=False)
    assert f"PASS {TEST}" in done.stdout or f"FAIL 1 {TEST}" in done.stdout
    return done.returncode != 0


def test_a_build_looks_at_lines_since_the_last_one_that_passed(shop: Road) -> None:
    warehouse = shop.warehouse
    warehouse.run("warehouse", "build")
    move = (
        "update marts.fct_sales set _source_line = _source_line {} 1000000 "
        "where sale_id = (select min(sale_id) from marts.fct_sales)"
    )
    warehouse.query(move.format("+"))
    try:
        # It came before, and was looked at then; whoever asks for the test is shown all of it.
        assert not is_found(warehouse, "fct_sales", TEST)
        assert is_found(warehouse, TEST)
        # None that passed has seen this table.
        warehouse.dbt("run", "--full-refresh", "--select", "sales_months", target="postgres")
        assert is_found(warehouse, "fct_sales", TEST)
    finally:
        warehouse.query(move.format("-"))


def test_a_build_looks_at_months_that_came_since_the_last_one_that_passed(shop: Road) -> None:
    warehouse = shop.warehouse
    # Nothing is on its way to the archive that would correct what is changed there.
    warehouse.run("warehouse", "archive")
    name = "archived_sales_have_their_members"

    def finds_it(*selection: str) -> bool:
        select = ("--select", *selection)
        done = warehouse.dbt("build", *select, target="greenplum", check=False)
        assert f"PASS {name}" in done.stdout or f"FAIL 1 {name}" in done.stdout
        return done.returncode != 0

    ((sale, product),) = warehouse.query(
        "select sale_key, product_key from archive.current_sales where sale_month = '2024-05-01' "
        "order by sale_id limit 1",
        "GREENPLUM",
    )
    change = f"update archive.historical_sales set product_key = '{{}}' where sale_key = '{sale}'"
    warehouse.query(change.format(sale), "GREENPLUM")
    try:
        # It came before, and was looked at then; whoever asks for the test is shown all of it.
        assert not finds_it("historical_sales", name)
        assert finds_it(name)
        warehouse.query("delete from analytics._asked_months where asker = 'tests'", "GREENPLUM")
        assert finds_it("historical_sales", name)
    finally:
        warehouse.query(change.format(product), "GREENPLUM")
    # It goes on looking until all tests of the archive have passed.
    warehouse.run("warehouse", "archive")
    asked = "select count(*) > 30 from analytics._asked_months where asker = 'tests'"
    assert warehouse.query(asked, "GREENPLUM") == [(True,)]


def built_of_the_star(warehouse: Warehouse) -> set[str]:
    """The tables and views that the last build made on PostgreSQL."""
    text = (warehouse.home / "logs" / "runs.jsonl").read_text(encoding="utf-8")
    last = [json.loads(line) for line in text.splitlines() if '"step": "star"' in line][-1]
    return {node["node"] for node in last["nodes"] if "node" in node}


def test_seeds_and_views_are_built_once_for_a_project_and_its_settings(shop: Road) -> None:
    warehouse = shop.warehouse
    of_the_project = {"seeds.holidays", "staging.stg_sale_lines", "quarantine.load_account"}
    warehouse.run("warehouse", "build")
    warehouse.run("warehouse", "build")
    built = built_of_the_star(warehouse)
    assert "marts.fct_sales" in built and not built & of_the_project
    # What dbt builds by itself may be of another project.
    warehouse.dbt("run", "--select", "dim_source_system", target="postgres")
    warehouse.run("warehouse", "build")
    assert of_the_project <= built_of_the_star(warehouse)
    warehouse.with_settings(WAREHOUSE_SOMETHING="else").run("warehouse", "build")
    assert of_the_project <= built_of_the_star(warehouse)
