"""A real Greenplum, where the environment names one, holds what the stand-in holds."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from road.conftest import Road
from road.contents import contents
from road.databases import archive_of_its_own
from road.strangers import ledger_hash, of_polars
from road.test_archive_repair import check_that_doubled_sales_are_repaired
from road.test_archive_tampering import check_that_tampering_is_found
from road.test_killed import run_until_death
from road.test_lake import in_ledger
from road.test_unit_tests import check_unit_tests
from support import PROGRAMS, Warehouse, wait_for

from warehouse import environment

# Ends the session that is adding the months' rows, or collecting them.
END_INSERT = """
    select pg_terminate_backend(pid)
    from pg_stat_activity
    where
        datname = current_database()
        and pid <> pg_backend_pid()
        and state = 'active'
        and query like '%"model.warehouse.historical_sales"%'
        and query ~ 'insert into|create temporary table'
"""

AT_WORK = """
    select query from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'
"""


@pytest.fixture(scope="module")
def on_greenplum(shop: Road, greenplum_environment: dict[str, str]) -> Iterator[Warehouse]:
    """The shop's warehouse with Greenplum for its archive."""
    with archive_of_its_own(shop.warehouse.with_settings(**greenplum_environment)) as warehouse:
        yield warehouse
    # Each run has ClickHouse look where the settings say: now at the stand-in again.
    shop.warehouse.dbt("run", "--select", "all_sales", target="clickhouse")


def test_an_archive_that_dies_half_way_has_added_nothing(on_greenplum: Warehouse) -> None:
    """What dies is Greenplum's session; the next test's archive is the run after it."""
    with subprocess.Popen(
        [PROGRAMS / "warehouse", "archive"],
        env=on_greenplum.environ,
        cwd=environment.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as run:
        wait_for(lambda: on_greenplum.query(END_INSERT, "GREENPLUM") != [])
        output, _ = run.communicate()
    assert run.returncode == 1, output
    _check_that_no_sale_is_archived(on_greenplum)


@pytest.mark.parametrize("model", ["`landing`.`landing_sales`", "archive.historical_sales"])
def test_an_archive_whose_command_is_killed_has_added_nothing(
    on_greenplum: Warehouse, model: str
) -> None:
    run_until_death(on_greenplum, "archive", model, "warehouse archive")
    # What it had asked for goes on until it is noticed that nobody waits for it.
    wait_for(lambda: on_greenplum.query(AT_WORK, "GREENPLUM") == [])
    _check_that_no_sale_is_archived(on_greenplum)


def _check_that_no_sale_is_archived(warehouse: Warehouse) -> None:
    tables = "select to_regclass('archive.historical_sales'), to_regclass('archive.archive_ledger')"
    ((sales, ledger),) = warehouse.query(tables, "GREENPLUM")
    assert sales is None
    if ledger:
        entries = "select * from archive.archive_ledger where table_name = 'historical_sales'"
        assert warehouse.query(entries, "GREENPLUM") == []


def test_it_holds_what_the_stand_in_holds_also_after_a_second_run(
    shop: Road, on_greenplum: Warehouse
) -> None:
    expected = contents(shop.warehouse, "GREENPLUM")
    for _ in range(2):
        on_greenplum.run("warehouse", "archive")
        assert contents(on_greenplum, "GREENPLUM") == expected


def test_models_give_the_rows_worked_out_by_hand(on_greenplum: Warehouse) -> None:
    check_unit_tests(on_greenplum, "greenplum")


def test_its_archive_is_an_open_table(on_greenplum: Warehouse, tmp_path: Path) -> None:
    on_greenplum.run("warehouse", "export-archive", "--to", tmp_path)
    for name, (rows, *_, rows_hash) in in_ledger(on_greenplum).items():
        found = of_polars(tmp_path / "iceberg" / name, tmp_path)
        assert (len(found), ledger_hash(found)) == (rows, rows_hash)


def test_it_is_greenplum_with_its_own_storage(on_greenplum: Warehouse) -> None:
    [(version,)] = on_greenplum.query("select version()", "GREENPLUM")
    assert "Greenplum" in version
    stored = on_greenplum.query(
        "select relname, relstorage, array_to_string(reloptions, ' '), reltuples from pg_class "
        "where relname like 'historical\\_%' and relkind = 'r'",
        "GREENPLUM",
    )
    assert {storage for _, storage, _, _ in stored} == {"c"}
    assert all("compresstype=zstd" in options for _, _, options, _ in stored)


def test_every_month_is_a_partition_and_there_is_no_default(
    shop: Road, on_greenplum: Warehouse
) -> None:
    partitions = on_greenplum.query(
        "select partitionname, partitionisdefault, reltuples from pg_partitions "
        "join pg_class on relname = partitiontablename where tablename = 'historical_sales'",
        "GREENPLUM",
    )
    assert not any(is_default for _, is_default, _ in partitions)
    months = shop.truth["expected"]["sales"]["by_month"]
    # Statistics are there: the rows are known without counting them.
    known = {name.replace("_", "-")[1:]: rows for name, _, rows in partitions if rows}
    assert known == {month: expected["sales"] for month, expected in months.items()}
    # So are those of the table as a whole.
    [(distinct_months,)] = on_greenplum.query(
        "select n_distinct from pg_stats "
        "where (schemaname, tablename, attname) = ('archive', 'historical_sales', 'sale_month')",
        "GREENPLUM",
    )
    assert distinct_months == len(months)
    with pytest.raises(psycopg2.Error, match="no partition for partitioning key"):
        on_greenplum.query(
            "insert into archive.historical_sales (sale_month) values ('1999-01-01')", "GREENPLUM"
        )


def plan(warehouse: Warehouse, query: str) -> str:
    return "\n".join(line for (line,) in warehouse.query(f"explain {query}", "GREENPLUM"))


def test_a_quarter_reads_three_partitions(on_greenplum: Warehouse) -> None:
    quarter = plan(
        on_greenplum,
        "select sum(amount) from archive.current_sales "
        "where sale_month between '2025-01-01' and '2025-03-01'",
    )
    assert set(re.findall(r"historical_sales_1_prt_\w+", quarter)) == {
        f"historical_sales_1_prt_m2025_0{month}" for month in (1, 2, 3)
    }


@pytest.mark.parametrize(
    "query",
    [
        "select count(*) from archive.current_sales as sales join archive.current_customers "
        "as customers on sales.buyer_key = customers.customer_key",
        "select buyer_key, sum(amount) from archive.current_sales group by buyer_key",
        "select count(*) from archive.sales_versions",
    ],
)
def test_customers_and_their_sales_lie_together(on_greenplum: Warehouse, query: str) -> None:
    motions = re.findall(r"\w+ Motion", plan(on_greenplum, query))
    assert motions == ["Gather Motion"]


def test_no_segment_has_much_more_than_the_others(on_greenplum: Warehouse) -> None:
    """Nor of the sales without a known customer, which by the customer's key would be on one."""
    for condition in ("true", "customer_key = '00000000-0000-0000-0000-000000000000'"):
        counts = [
            count
            for (count,) in on_greenplum.query(
                "select count(*) from archive.historical_sales "
                f"where {condition} group by gp_segment_id",
                "GREENPLUM",
            )
        ]
        [(primaries,)] = on_greenplum.query(
            "select count(*) from gp_segment_configuration where content >= 0 and role = 'p'",
            "GREENPLUM",
        )
        assert len(counts) == primaries
        assert max(counts) < 1.25 * sum(counts) / primaries


def test_tampering_is_found(on_greenplum: Warehouse) -> None:
    check_that_tampering_is_found(on_greenplum)


def test_doubled_sales_are_repaired(on_greenplum: Warehouse) -> None:
    check_that_doubled_sales_are_repaired(on_greenplum)


def test_roles_hold_there(on_greenplum: Warehouse) -> None:
    done = on_greenplum.run("warehouse", "roles", check=False)
    if "may not make roles" in done.stderr:
        pytest.skip("Greenplum's user may not make roles")
    assert done.returncode == 0, done.stderr
    for role, statement, may in (
        ("transformer", "truncate landing.landing_sales", True),
        ("analyst", "select quantity, unit_price from archive.historical_sales", True),
        ("analyst", "select city from archive.historical_customers", False),
        ("reporting", "select 1 from archive.historical_sales", False),
        ("operator", "select * from archive.historical_customers", True),
        ("operator", "delete from archive.historical_customers", False),
    ):
        tried = f"set role {role}; begin; {statement}; rollback"
        if may:
            on_greenplum.query(tried, "GREENPLUM")
        else:
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                on_greenplum.query(tried, "GREENPLUM")
