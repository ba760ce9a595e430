"""What tests dbt's code and not the data, and a build therefore leaves out."""

import pytest
from road.conftest import Road
from support import Warehouse

# A model of each engine that has some.
TESTED = {
    "postgres": "stg_shop__sale_lines",
    "clickhouse": "sales_anomalies",
    "greenplum": "category_forecasts",
}


@pytest.mark.parametrize("target", TESTED)
def test_models_give_the_rows_worked_out_by_hand(shop: Road, target: str) -> None:
    check_unit_tests(shop.warehouse, target)


def test_functions_read_what_people_write(shop: Road) -> None:
    done = shop.warehouse.dbt("test", "--select", "tag:functions", target="postgres")
    assert "PASS rare_moments_are_read" in done.stdout
    assert "WARN=0 ERROR=0 SKIP=0" in done.stdout


def check_unit_tests(warehouse: Warehouse, target: str) -> None:
    """Run those of a target."""
    selected = f"test_type:unit,tag:{target}"
    done = warehouse.dbt("test", "--select", selected, target=target)
    assert f"PASS {TESTED[target]}::" in done.stdout
    assert "ERROR=0 SKIP=0" in done.stdout
