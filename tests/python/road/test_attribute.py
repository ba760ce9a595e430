"""One more attribute of a sale: said once in the contract of the fact, found on all engines."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from road.databases import archive_of_parameter
from support import Warehouse

# What is written, by file: the place that it stands behind, and the text. docs/architecture.md says
# so in words.
CONTRACT = """      - name: wrapping
        description: What was paid for the wrapping.
        data_type: numeric(18,4)
        config: {meta: {attribute: {reads: money, refused: {negative: "< 0"}}}}
"""
WRITTEN = {
    "models/staging/shop/_shop.yml": (
        "          - {name: customer_id, description: Number of the customer; may be blank., "
        "config: {meta: {personal: true}}}\n",
        "          - {name: wrapping, description: What was paid for the wrapping.}\n",
    ),
    "models/staging/shop/stg_shop__sale_lines.sql": (
        '    "unit_price": "unit_price",\n',
        '    "wrapping": "wrapping",\n',
    ),
    "models/marts/_marts.yml": (
        "config: {meta: {attribute: {reads: text, default: Unknown}}}\n",
        CONTRACT,
    ),
    "models/bi/_bi.yml": (
        "models:\n",
        "  - name: wrappings\n    description: Wrappings. Grain, one row for each source system.\n"
        "    columns:\n      - {name: source_system, description: Shop or system.}\n"
        "      - {name: wrapping, description: Sum of what was paid.}\n\n",
    ),
    "models/bi/wrappings.sql": (
        "",
        "select source_system, sum(wrapping) as wrapping\n"
        'from {{ ref("sales_as_sold") }} group by source_system\n',
    ),
}

LINES = """sale_id,sold_at,product_id,quantity,unit_price,customer_id,wrapping
D1,2025-11-03 10:00:00,P00001,1,9.99,,1.25
D2,2025-11-03 10:00:00,P00001,1,9.99,,"0,50 €"
D3,2025-11-03 10:00:00,P00001,1,9.99,,
D4,2025-11-03 10:00:00,P00001,1,9.99,,-1
D5,2025-11-03 10:00:00,P00001,1,9.99,,soon
"""


@pytest.fixture(params=["stand-in", "greenplum"])
def warehouse(
    request: pytest.FixtureRequest,
    new_warehouse: Callable[..., Warehouse],
    project: Path,
    tmp_path: Path,
) -> Iterator[Warehouse]:
    """A small shop that the copied project walks with."""
    here = new_warehouse(PYTHONPATH=str(project), SHOP_FILES=str(tmp_path / "shop"))
    here.run("warehouse", "sample", "--rows", "2000", "--to", tmp_path / "shop")
    here.up()
    with archive_of_parameter(request, here) as warehouse:
        yield warehouse


@pytest.mark.drill
def test_an_attribute_travels_from_the_file_to_a_view(
    warehouse: Warehouse, project: Path, tmp_path: Path
) -> None:
    # Into a warehouse that has an archive: what lies there has no such column.
    warehouse.run("warehouse", "run")
    hashes = "select sale_key, version, content_hash from archive.historical_sales order by 1, 2"
    archived = warehouse.query(hashes, "GREENPLUM")
    for name, (before, text) in WRITTEN.items():
        path = project / name
        content = path.read_text(encoding="utf-8") if before else ""
        assert content.count(before) == 1 or not before, name
        path.write_text(content.replace(before, before + text) or text, encoding="utf-8")
    file = tmp_path / "shop" / "sales_data" / "sales_data_2025-12-31-wrappings.csv"
    file.write_text(LINES, encoding="utf-8")
    warehouse.run("warehouse", "run")

    assert set(archived) <= set(warehouse.query(hashes, "GREENPLUM"))
    versions = "select count(*) from archive.historical_sales where version > 1"
    assert warehouse.query(versions, "GREENPLUM") == [(0,)]
    assert warehouse.query(
        "select raw_row ->> 'sale_id', raw_row ->> 'wrapping', rejection_reasons "
        "from quarantine.qrn_sale_lines where raw_row ->> 'sale_id' in ('D4', 'D5') order by 1"
    ) == [("D4", "-1", "wrapping negative"), ("D5", "soon", "wrapping unreadable")]
    found = "select sum(wrapping)::text, count(wrapping) from "
    assert warehouse.query(f"{found} marts.fct_sales") == [("1.7500", 2)]
    assert warehouse.query(f"{found} archive.historical_sales", "GREENPLUM") == [("1.7500", 2)]
    assert warehouse.query("select * from bi.wrappings", "GREENPLUM") == [("shop", 1.75)]
    served = "select toString(sum(wrapping)), count(wrapping) from serving.hot_sales"
    assert warehouse.clickhouse().query(served).result_rows == [("1.75", 2)]

    said = "What was paid for the wrapping."
    comment = (
        "select col_description(attrelid, attnum) from pg_attribute "
        "where attrelid = '{}'::regclass and attname = 'wrapping'"
    )
    for table, engine in (("marts.fct_sales", "POSTGRES"), ("archive.current_sales", "GREENPLUM")):
        assert warehouse.query(comment.format(table), engine) == [(said,)]
    described = "select comment from system.columns where table = 'hot_sales' and name = 'wrapping'"
    assert warehouse.clickhouse().query(described).result_rows == [(said,)]
