"""A day's load costs the same beside any history: what grows is found by index, never read through.

Nothing is timed. PostgreSQL counts the rows that it read from the beginning of a table to its end;
where there is an index that would do, it is told to take it, however small the table is here.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support import Warehouse

HEADER = "sale_id,sold_at,product_id,quantity,unit_price,customer_id\n"

# The tables that hold a row for each sale, or for each line of a sales file.
GROWING = ("raw.sales_data", "staging.stg_shop__sale_lines", "marts.fct_sales")

READ_THROUGH = f"""
    select schemaname || '.' || relname, seq_tup_read
    from pg_stat_user_tables
    where schemaname || '.' || relname in {GROWING} and seq_tup_read > 0
"""


@pytest.fixture(scope="module")
def old(star: Warehouse) -> Iterator[Warehouse]:
    """A star whose loads lie a month back, so that no test looks at them any more."""
    star.query("update raw._loads set finished_at = finished_at - interval '30 days'")
    star.query("update staging._model_versions set built_at = built_at - interval '30 days'")
    star.query("vacuum analyze")
    yield star
    # Other modules use it too, and fct_sales alone was built anew here.
    star.dbt("run", target="postgres")


def test_a_day_reads_no_table_of_sales_through(old: Warehouse) -> None:
    file = Path(old.setting("SHOP_FILES")) / "sales_data" / "sales_data_2025-12-31-late.csv"
    file.write_text(HEADER + "DAY1,2025-12-31 23:00:00,P00001,1,9.99,C000001\n", encoding="utf-8")
    old.run("warehouse", "ingest")
    old.query("select pg_stat_reset()")
    by_index = old.with_settings(PGOPTIONS="-c enable_seqscan=off")
    by_index.run("dbt", "build", "--target", "postgres")
    assert old.query(READ_THROUGH) == []
    assert old.query("select count(*) from marts.fct_sales where sale_id = 'DAY1'") == [(1,)]


@pytest.mark.drill
def test_a_mended_comment_rebuilds_nothing(old: Warehouse, project: Path) -> None:
    def build(text: str) -> object:
        model.write_text(text, encoding="utf-8")
        run = ("run", "--select", "fct_sales", "--target", "postgres")
        old.with_settings(PYTHONPATH=str(project)).run("dbt", *run, cwd=project)
        return old.query("select 'marts.fct_sales'::regclass::oid")

    model = project / "models" / "marts" / "fct_sales.sql"
    text = model.read_text(encoding="utf-8")
    before = build(text)
    assert build(f"-- Mended.\n{text}  \n") == before
    changed = text.replace("as amount", "+ 0 as amount")
    assert changed != text
    assert build(changed) != before
    assert build(text) != before


def test_a_table_built_anew_keeps_the_views_on_it(old: Warehouse) -> None:
    view = "select count(*), obj_description('quarantine.load_account'::regclass) from {}"
    before = old.query(view.format("quarantine.load_account"))
    old.dbt("run", "--full-refresh", "--select", "fct_sales", "dim_product", target="postgres")
    assert old.query(view.format("quarantine.load_account")) == before
