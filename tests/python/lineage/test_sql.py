"""What a query says of its columns, in the forms that the models use."""

from typing import Any

import pytest
from sqlglot.schema import MappingSchema

from warehouse.lineage.sql import Query, UnreadableError

SCHEMA: dict[str, Any] = {
    "raw": {"lines": {"id": "text", "price": "text", "kind": "text"}},
    "marts": {
        "sales": {"id": "text", "price": "decimal", "quantity": "int", "kind": "text"},
        "days": {"id": "text", "label": "text"},
    },
}


def places(sql: str, column: str, engine: str = "postgres") -> set[str]:
    origin = _query(sql, engine).origin(column)
    assert not origin.unknown
    return {".".join(place) for place in origin.places}


def _query(sql: str, engine: str = "postgres") -> Query:
    dialect = "clickhouse" if engine == "clickhouse" else "postgres"
    return Query.read(sql, engine, MappingSchema(SCHEMA, dialect=dialect))


def test_a_column_is_followed_through_ctes_and_stars() -> None:
    sql = "with all_sales as (select * from marts.sales) select all_sales.* from all_sales"
    assert places(sql, "price") == {"marts.sales.price"}


def test_the_columns_of_a_union_go_by_their_place() -> None:
    sql = "select id, price from marts.sales union all select id, kind as another from raw.lines"
    assert places(sql, "price") == {"marts.sales.price", "raw.lines.kind"}


def test_a_row_of_a_lateral_query_is_that_of_its_table() -> None:
    sql = """
        select line.* from (select id from raw.lines) as touched
        cross join lateral (select * from marts.sales where id = touched.id limit 1) as line
    """
    assert places(sql, "price") == {"marts.sales.price"}


def test_conditions_within_an_expression_count_and_those_of_the_rows_do_not() -> None:
    sql = (
        "select sum(price) filter (where kind = 'sale') as revenue from marts.sales where id <> ''"
    )
    assert places(sql, "revenue") == {"marts.sales.price", "marts.sales.kind"}


def test_a_column_that_both_sides_of_a_join_have_comes_of_both() -> None:
    sql = "select id from marts.sales left join marts.days using (id)"
    assert places(sql, "id") == {"marts.sales.id", "marts.days.id"}


def test_a_query_within_an_expression_gives_its_values() -> None:
    sql = """
        select (select max(days.label) from marts.days where days.id = sales.id) as label
        from marts.sales
    """
    assert places(sql, "label") == {"marts.days.label"}


def test_a_query_over_a_function_takes_what_the_function_is_given() -> None:
    sql = """
        select (select string_agg(part, '') from unnest(string_to_array(kind, ';')) as parts (part))
            as parts
        from raw.lines
    """
    assert places(sql, "parts") == {"raw.lines.kind"}


def test_clickhouse_names_what_a_select_list_has_made() -> None:
    sql = "select sum(price) as revenue, revenue / count() as basket from marts.sales"
    assert places(sql, "basket", "clickhouse") == {"marts.sales.price"}


def test_clickhouse_unfolds_arrays() -> None:
    sql = """
        select day.1 as id, label from (
            select groupArray((id, price)) as days, groupArray(kind) as labels from marts.sales
        ) as series
        array join days as day, labels as label
    """
    assert places(sql, "id", "clickhouse") == {"marts.sales.id", "marts.sales.price"}
    assert places(sql, "label", "clickhouse") == {"marts.sales.kind"}


def test_a_whole_row_is_all_columns_of_its_table() -> None:
    columns = {f"marts.days.{column}" for column in SCHEMA["marts"]["days"]}
    assert places("select to_jsonb(days) as it from marts.days", "it") == columns
    sql = "with known as (select * from marts.days) select to_jsonb(known) as it from known"
    assert places(sql, "it") == columns


def test_a_count_of_rows_is_of_a_table() -> None:
    sql = (
        "with known as (select * from marts.sales) select kind, count(*) as n from known group by 1"
    )
    assert _query(sql).origin("n").counted == {("marts", "sales")}
    assert _query("select count() as n from marts.days", "clickhouse").origin("n").counted == {
        ("marts", "days")
    }


def test_expressions_are_told_from_the_inside_out() -> None:
    sql = """
        with worth as (select quantity * price as amount from marts.sales)
        select sum(amount) as revenue from worth
    """
    steps = _query(sql).origin("revenue").steps
    assert steps == (
        ("amount", "sales.quantity * sales.price"),
        ("revenue", "SUM(worth.amount)"),
    )


def test_what_cannot_be_placed_is_told() -> None:
    origin = _query("select nobody.knows as it from marts.sales").origin("it")
    assert origin.unknown == {"nobody.knows"}


def test_what_is_no_sql_is_told() -> None:
    with pytest.raises(UnreadableError):
        _query("select from where")
