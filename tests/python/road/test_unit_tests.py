"""dbt's unit tests, which a build leaves out as they test the models and not the data."""

import pytest
from road.conftest import Road

# A unit test of each engine, which is to be among those that ran.
UNIT_TESTS = {
    "postgres": "sale_lines_are_read_in_every_format",
    "clickhouse": "planted_anomalies_are_found",
    "greenplum": "category_forecasts",
}


@pytest.mark.parametrize("target", UNIT_TESTS)
def test_models_give_the_rows_worked_out_by_hand(shop: Road, target: str) -> None:
    selected = f"test_type:unit,tag:{target}"
    done = shop.warehouse.dbt("test", "--select", selected, target=target)
    assert f"{UNIT_TESTS[target]}" in done.stdout
    assert "ERROR=0 SKIP=0" in done.stdout
