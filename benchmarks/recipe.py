"""What many write instead of a warehouse: pandas from the files to the archive.

It reads all files, cleans them by column, drops duplicates and writes tables with `to_sql`; reads
them back joined, groups, and inserts into ClickHouse; and writes the history with `to_sql`. It is
as fast as pandas' own means make it: operations on whole columns, rows sent 10,000 at a time,
data frames inserted into ClickHouse by the column. It knows no increments, rejects bad lines
without saying so, counts money in floating point, and tests nothing.

    python -m benchmarks.recipe load FOLDER    the files to PostgreSQL
    python -m benchmarks.recipe serve          PostgreSQL to ClickHouse, with the summaries
    python -m benchmarks.recipe archive        PostgreSQL to the archive

Its tables lie in the schema (in ClickHouse, the database) `recipe`. The engines' addresses come
from the environment.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import clickhouse_connect
import pandas as pd
import sqlalchemy

_SCHEMA = "recipe"
_ROWS_AT_ONCE = 10_000

_WIDE = f"""
    select
        sales.*, products.category, products.name, customers.age, customers.gender, customers.city
    from {_SCHEMA}.sales
    left join {_SCHEMA}.products using (product_id)
    left join {_SCHEMA}.customers using (customer_id)
"""


def load(folder: Path) -> None:
    """Read, clean and write the three kinds of files."""
    engine = _database("POSTGRES")
    products = _ids(_read(folder / "product_data"), "product_id")
    products["category"] = products["category"].str.strip().str.title().fillna("Unknown")
    products["price"] = _numbers(products["price"])
    _write(products.drop_duplicates("product_id", keep="last"), "products", engine)
    customers = _ids(_read(folder / "customer_data"), "customer_id")
    customers["age"] = pd.to_numeric(customers["age"], errors="coerce")
    customers["city"] = customers["city"].str.strip().str.title()
    customers["registration_date"] = _moments(customers["registration_date"])
    _write(customers.drop_duplicates("customer_id", keep="last"), "customers", engine)
    sales = _ids(_read(folder / "sales_data"), "sale_id", "product_id", "customer_id")
    sales["sold_at"] = _moments(sales["sold_at"])
    sales["quantity"] = _numbers(sales["quantity"])
    sales["unit_price"] = _numbers(sales["unit_price"])
    sales = sales.dropna(subset=["sale_id", "product_id", "sold_at", "quantity", "unit_price"])
    sales = sales[(sales["quantity"] != 0) & (sales["unit_price"] >= 0)]
    sales = sales.drop_duplicates("sale_id", keep="last")
    discount = _numbers(sales["discount"]).fillna(0)
    discount = discount.where(sales["quantity"] > 0, -discount)
    sales["amount"] = sales["quantity"] * sales["unit_price"] - discount
    _write(sales, "sales", engine)


def serve() -> None:
    """Read the sales with what belongs to them, and insert them and three summaries."""
    sales = pd.read_sql(_WIDE, _database("POSTGRES"))
    sales["category"] = sales["category"].fillna("Unknown")
    sales["day"] = sales["sold_at"].dt.normalize()
    clickhouse = clickhouse_connect.get_client(
        host=os.environ["CLICKHOUSE_HOST"],
        port=int(os.environ["CLICKHOUSE_PORT"]),
        username=os.environ["CLICKHOUSE_USER"],
        password=os.environ["CLICKHOUSE_PASSWORD"],
    )
    clickhouse.command(f"drop database if exists {_SCHEMA}")
    clickhouse.command(f"create database {_SCHEMA}")
    measures = {
        "revenue": ("amount", "sum"),
        "quantity": ("quantity", "sum"),
        "sale_lines": ("sale_id", "count"),
        "customers": ("customer_id", "nunique"),
    }
    tables = {
        "sales": sales,
        "summary_sales": sales.groupby(["day", "category"]).agg(**measures).reset_index(),
        "summary_products": sales.groupby(["product_id"]).agg(**measures).reset_index(),
        "summary_customers": sales.groupby("customer_id").agg(**measures).reset_index(),
    }
    for name, frame in tables.items():
        columns = ", ".join(f"{column} {_type(frame[column])}" for column in frame)
        clickhouse.command(
            f"create table {_SCHEMA}.{name} ({columns}) engine = MergeTree order by tuple()"
        )
        clickhouse.insert_df(f"{_SCHEMA}.{name}", frame)


def archive() -> None:
    """Write the tables to the archive."""
    postgres, greenplum = _database("POSTGRES"), _database("GREENPLUM")
    for table in ("products", "customers", "sales"):
        frame = pd.read_sql(f"select * from {_SCHEMA}.{table}", postgres)
        _write(frame, table, greenplum)


def _database(engine: str) -> sqlalchemy.Engine:
    url = sqlalchemy.URL.create(
        "postgresql+psycopg2",
        os.environ[f"{engine}_USER"],
        os.environ[f"{engine}_PASSWORD"],
        os.environ[f"{engine}_HOST"],
        int(os.environ[f"{engine}_PORT"]),
        os.environ[f"{engine}_DATABASE"],
    )
    return sqlalchemy.create_engine(url)


def _write(frame: pd.DataFrame, table: str, engine: sqlalchemy.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text(f"create schema if not exists {_SCHEMA}"))
    frame.to_sql(
        table, engine, schema=_SCHEMA, if_exists="replace", index=False, chunksize=_ROWS_AT_ONCE
    )


def _read(folder: Path) -> pd.DataFrame:
    frames = [pd.read_csv(file, dtype=str) for file in sorted(folder.glob("*.csv"))]
    return pd.concat(frames, ignore_index=True)


def _ids(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    for column in columns:
        frame[column] = frame[column].str.strip().str.upper()
    return frame.dropna(subset=[columns[0]])


def _moments(text: pd.Series) -> pd.Series:
    text = text.str.strip().str.removesuffix("Z")
    # The day comes first wherever there are slashes; ISO's order is told from it by its hyphens.
    iso = text.str.match(r"\d{4}-", na=False)
    moments = pd.to_datetime(text.where(iso), format="ISO8601", errors="coerce")
    rest = pd.to_datetime(text[~iso], format="mixed", dayfirst=True, errors="coerce")
    return moments.fillna(rest)


def _numbers(text: pd.Series) -> pd.Series:
    text = text.str.strip().str.replace(r"[€$£\s]", "", regex=True)
    decimal_comma = text.str.match(r"-?[\d.]+,\d\d?$", na=False)
    swapped = text.str.replace(".", "").str.replace(",", ".")
    text = text.where(~decimal_comma, swapped)
    return pd.to_numeric(text.str.replace(",", ""), errors="coerce")


def _type(column: pd.Series) -> str:
    if pd.api.types.is_datetime64_any_dtype(column):
        return "DateTime64(6)"
    if pd.api.types.is_integer_dtype(column):
        return "Int64"
    return "Float64" if pd.api.types.is_float_dtype(column) else "Nullable(String)"


_STEPS: dict[str, Callable[..., None]] = {"load": load, "serve": serve, "archive": archive}

if __name__ == "__main__":
    step, *folders = sys.argv[1:]
    _STEPS[step](*map(Path, folders))
