"""An archive into which a month once landed twice is put right by `warehouse repair-archive`."""

import pytest
from road.conftest import Road
from road.test_archive_tampering import kept
from support import Warehouse

MONTH = "2023-09-01"
ENTRIES = f"table_name = 'historical_sales' and sale_month = '{MONTH}'"

# As it was left by the versions that did not refuse it: a month whose rows are there twice, in an
# entry of all source systems together, and that twice.
DOUBLE = (
    "insert into archive.historical_sales select * from archive.historical_sales "
    f"where sale_month = '{MONTH}'",
    "insert into history.products_history select * from history.products_history "
    "where product_id = (select min(product_id) from history.products_history)",
    "update archive.archive_ledger set source_system = null, rows_added = 2 * rows_added, "
    "quantity_added = 2 * quantity_added, amount_added = 2 * amount_added, "
    f"rows_hash = (2 * rows_hash::numeric)::text where {ENTRIES}",
    "insert into archive.archive_ledger (entry, archived_at, table_name, sale_month, rows_added, "
    "quantity_added, amount_added, rows_hash, sale_lines, quantity, amount, content_hash) "
    "select (select max(entry) from archive.archive_ledger) + 1, archived_at, table_name, "
    "sale_month, rows_added, quantity_added, amount_added, rows_hash, sale_lines, quantity, "
    f"amount, content_hash from archive.archive_ledger where {ENTRIES}",
)

LINK = """
    update archive.archive_ledger set chain_hash = md5('{before}' || row(
        entry, archived_at at time zone 'utc', table_name, sale_month, rows_added, quantity_added,
        amount_added, rows_hash, sale_lines, quantity, amount, content_hash
    )::text || coalesce('|source_system=' || source_system, ''))
    where entry = {entry}
    returning chain_hash
"""

STATE = """
    select sale_month, count(*), count(distinct sale_key), sum(amount)
    from archive.current_sales group by 1 order by 1
"""


def chain_anew(warehouse: Warehouse) -> None:
    [(last,)] = warehouse.query("select max(entry) from archive.archive_ledger", "GREENPLUM")
    before = ""
    for entry in range(1, last + 1):
        ((before,),) = warehouse.query(LINK.format(before=before, entry=entry), "GREENPLUM")


def check_that_doubled_sales_are_repaired(warehouse: Warehouse) -> None:
    state = warehouse.query(STATE, "GREENPLUM")
    with kept(warehouse):
        for statement in DOUBLE:
            warehouse.query(statement, "GREENPLUM")
        chain_anew(warehouse)
        assert warehouse.run("warehouse", "verify-archive", check=False).returncode == 1
        # Nothing but a doubling explains these: left, and said.
        warehouse.query(
            "insert into archive.historical_sales select * from archive.historical_sales "
            "where sale_id = (select min(sale_id) from archive.historical_sales "
            "where sale_month = '2023-04-01')",
            "GREENPLUM",
        )
        done = warehouse.run("warehouse", "repair-archive").stdout
        lines = {str(month): count for month, count, _, _ in state}[MONTH]
        assert f"2023-09: shop, {lines} sales were there more than once, and count once" in done
        assert f"2023-09: {2 * lines} rows were entered in the ledger too often" in done
        assert "history.products_history: 1 periods were there more than once" in done
        assert "2023-04, archived" in done and "which no doubling explains" in done
        [differs] = [month for month in warehouse.query(STATE, "GREENPLUM") if month not in state]
        assert str(differs[0]) == "2023-04-01"
        verified = warehouse.run("warehouse", "verify-archive", check=False)
        assert "2023-04-01" in verified.stdout
        assert "2023-09-01" not in verified.stdout
        assert "archive_ledger" not in verified.stdout

        # It has nothing to do again.
        again = warehouse.run("warehouse", "repair-archive").stdout
        assert "count once" not in again
    assert "nothing to repair" in warehouse.run("warehouse", "repair-archive").stdout


@pytest.mark.drill
def test_doubled_sales_are_repaired(shop: Road) -> None:
    check_that_doubled_sales_are_repaired(shop.warehouse)
