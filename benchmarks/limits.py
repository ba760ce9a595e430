"""The least that each step can take: one statement of the engine itself.

There is no cleaning, no key, no index and no test. What they make lies in the schema `limits`, on
ClickHouse in the database of that name.
"""

import subprocess
from collections.abc import Generator

from benchmarks.scratch import Warehouse
from warehouse.engines import postgres

_SCHEMA = "limits"

_COLUMNS = {
    "sales_data": "sale_id text, sold_at text, product_id text, quantity text, unit_price text, "
    "customer_id text, discount text, cost text, store_id text, currency text",
    "product_data": "product_id text, category text, name text, supplier text, price text",
    "customer_data": "customer_id text, age text, gender text, city text, registration_date text",
}

# Of the lines those that need no cleaning, about 86 of 100.
_PLAIN = r"""
    sold_at ~ '^20\d\d-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8]) ([01]\d|2[0-3]):[0-5]\d:[0-5]\d$'
    and quantity ~ '^-?\d{1,9}$'
    and unit_price ~ '^\d{1,9}\.\d\d$'
"""


def load(warehouse: Warehouse) -> None:
    r"""One `\copy` for each file."""
    script = [f"drop schema if exists {_SCHEMA} cascade;", f"create schema {_SCHEMA};"]
    for table, columns in _COLUMNS.items():
        script.append(f"create table {_SCHEMA}.{table} ({columns});")
        script += (
            f"\\copy {_SCHEMA}.{table} from '{file}' with (format csv, header)"
            for file in sorted((warehouse.files / table).glob("*.csv"))
        )
    path = warehouse.folder / "copy.sql"
    path.write_text("\n".join(script), encoding="utf-8")
    warehouse.run(*_psql(), "--file", path)


def star(warehouse: Warehouse) -> None:
    """One `insert … select` of typed lines with their surrogate keys."""
    statement = f"""
        create table {_SCHEMA}.fct_sales (
            sale_key uuid, product_key uuid, customer_key uuid, sale_id text,
            sold_at timestamp, quantity integer, unit_price numeric(18, 4), amount numeric(18, 4)
        );
        insert into {_SCHEMA}.fct_sales
        select
            md5(sale_id)::uuid, md5(product_id)::uuid, md5(customer_id)::uuid, sale_id,
            sold_at::timestamp, quantity::integer, unit_price::numeric,
            quantity::integer * unit_price::numeric
        from {_SCHEMA}.sales_data
        where {_PLAIN}
    """
    warehouse.run(*_psql(), "--command", statement)


def serve(warehouse: Warehouse) -> None:
    """ClickHouse reads the sales files itself, and adds them up by day."""
    with warehouse.clickhouse() as client:
        client.command(f"drop database if exists {_SCHEMA}")
        client.command(f"create database {_SCHEMA}")
        client.command(
            f"create table {_SCHEMA}.sales (sale_id String, sold_at Nullable(DateTime), "
            "product_id String, quantity Nullable(Int32), unit_price Nullable(Decimal(18, 4)), "
            "customer_id String) engine = MergeTree order by tuple()"
        )
        client.raw_insert(
            f"{_SCHEMA}.sales",
            insert_block=_sales(warehouse),
            fmt="CSVWithNames",
            settings={
                "date_time_input_format": "best_effort",
                # A line with a field that is no number or date is passed over.
                "input_format_allow_errors_ratio": 0.1,
            },
        )
        client.command(
            f"create table {_SCHEMA}.summary engine = MergeTree order by tuple() as "
            "select toDate(sold_at) as day, sum(quantity * unit_price) as revenue, "
            "count() as lines, uniqExact(customer_id) as customers "
            f"from {_SCHEMA}.sales where sold_at is not null group by day"
        )


def archive(warehouse: Warehouse) -> None:
    """One COPY from the star to a table of the same shape."""
    warehouse.query(f"drop schema if exists {_SCHEMA} cascade", "GREENPLUM")
    columns = warehouse.query(
        "select string_agg(quote_ident(column_name) || ' ' || data_type, ', ' "
        "order by ordinal_position) from information_schema.columns "
        "where table_schema = 'marts' and table_name = 'fct_sales'"
    )[0][0]
    warehouse.query(f"create schema {_SCHEMA}", "GREENPLUM")
    warehouse.query(f"create table {_SCHEMA}.sales ({columns})", "GREENPLUM")
    with subprocess.Popen(
        [*_psql(), "--command", "\\copy marts.fct_sales to stdout"],
        env=warehouse.psql_environ(),
        stdout=subprocess.PIPE,
    ) as source:
        subprocess.run(
            [*_psql(), "--command", f"\\copy {_SCHEMA}.sales from stdin"],
            env=warehouse.psql_environ("GREENPLUM"),
            stdin=source.stdout,
            check=True,
        )


def _psql() -> list[str]:
    program = postgres.programs() / "psql"
    return [str(program), "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"]


def _sales(warehouse: Warehouse) -> Generator[bytes]:
    """The sales files as one with a single header."""
    for number, file in enumerate(sorted((warehouse.files / "sales_data").glob("*.csv"))):
        content = file.read_bytes()
        yield content if number == 0 else content.partition(b"\n")[2]
