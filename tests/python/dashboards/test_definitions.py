"""The dashboards name what there is: each column in a model's YAML, each measure in its dataset."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2
import pytest
import sqlglot
import yaml
from sqlglot import exp
from sqlglot.optimizer.qualify import qualify

from warehouse import environment, project
from warehouse.dashboards import definitions, rendering
from warehouse.dashboards.definitions import Definition

MODELS = {path.stem: path for path in (environment.ROOT / "models").rglob("*.sql")}
DATASETS = definitions.datasets()
DASHBOARDS = definitions.dashboards()
CHARTS = [
    pytest.param(chart, id=chart["name"])
    for dashboard in DASHBOARDS.values()
    for chart in definitions.charts(dashboard)
]
RANGES: list[dict[str, Any]] = [
    {"from_dttm": None, "to_dttm": None},
    {"from_dttm": "2025-01-01", "to_dttm": "2026-01-01"},
]


def _parsed(dataset: Definition, **chosen: Any) -> exp.Query:
    sql = jinja2.Template(dataset["sql"]).render(chosen)
    parsed = sqlglot.parse_one(sql, dialect=dataset["database"].replace("greenplum", "postgres"))
    assert isinstance(parsed, exp.Query)
    return parsed


def _tables(dataset: Definition) -> set[tuple[str, str]]:
    return {(table.db, table.name) for table in _parsed(dataset).find_all(exp.Table) if table.db}


@pytest.mark.parametrize("name", DATASETS)
def test_a_dataset_reads_columns_that_there_are(name: str) -> None:
    dataset = DATASETS[name]
    schema: dict[str, Any] = {}
    for place, table in _tables(dataset):
        assert project.LIES_ON[place] == dataset["database"], table
        assert table in MODELS
        columns = dict.fromkeys(project.columns(table), "text")
        schema.setdefault(place, {})[table] = columns
    for chosen in RANGES:
        parsed = _parsed(dataset, **chosen)
        dialect = dataset["database"].replace("greenplum", "postgres")
        # It raises an error for a column that no table has.
        found = qualify(parsed, schema=schema, dialect=dialect, validate_qualify_columns=True)
        made = {column.alias_or_name for column in found.selects}
        assert dataset["columns"].keys() <= made
        assert set(dataset.get("times", ())) <= dataset["columns"].keys()
        for measure, about in dataset["metrics"].items():
            expression = sqlglot.parse_one(about["expression"], dialect=dialect)
            assert {column.name for column in expression.find_all(exp.Column)} <= made, measure


@pytest.mark.parametrize("name", DATASETS)
def test_a_dataset_tells_of_nobody(name: str) -> None:
    # Whoever sees a chart may ask for each column of its dataset.
    dataset = DATASETS[name]
    personal = {
        column
        for _, table in _tables(dataset)
        for column, about in project.columns(table).items()
        if about.get("config", {}).get("meta", {}).get("personal")
    }
    made = {column.alias_or_name for column in _parsed(dataset).selects}
    assert not made & personal


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_names_what_its_dataset_has(chart: Definition) -> None:
    dataset, params = DATASETS[chart["dataset"]], chart["params"]
    columns = {*definitions.columns_of(chart), *params.get("column_config", {})}
    assert columns <= dataset["columns"].keys()
    measures = set(definitions.measures_of(chart))
    assert measures <= dataset["metrics"].keys()
    assert measures or params.get("query_mode") == "raw"
    if "x_axis_sort" in params:
        assert params["x_axis_sort"] in {*measures, params["x_axis"]}


def test_filters_name_what_there_is() -> None:
    for dashboard in DASHBOARDS.values():
        names = {each["name"] for each in dashboard.get("filters", ())}
        for each in dashboard.get("filters", ()):
            if "column" in each:
                dataset = DATASETS[each["dataset"]]
                assert each["column"] in dataset["columns"]
                assert each.get("by") in {None, *dataset["metrics"]}
        for chart in definitions.charts(dashboard):
            assert set(chart.get("beyond", ())) <= names


def test_amounts_of_different_currencies_are_not_added_up() -> None:
    for name, dashboard in DASHBOARDS.items():
        shown = [DATASETS[chart["dataset"]] for chart in definitions.charts(dashboard)]
        if any("currency" in dataset["columns"] for dataset in shown):
            [chosen] = [each for each in dashboard["filters"] if each.get("column") == "currency"]
            assert chosen["one"], name


def test_each_definition_is_used_and_each_name_is_one() -> None:
    charts = [chart for each in DASHBOARDS.values() for chart in definitions.charts(each)]
    assert {chart["dataset"] for chart in charts} == DATASETS.keys()
    assert {dataset["database"] for dataset in DATASETS.values()} == definitions.databases().keys()
    names = [chart["name"] for chart in charts]
    assert len(names) == len(set(names))


def test_a_dashboard_is_an_exposure_of_what_it_reads() -> None:
    path = environment.ROOT / "models" / "_dashboards.yml"
    exposures = yaml.safe_load(path.read_text("utf-8"))["exposures"]
    told = {each["name"]: set(each["depends_on"]) for each in exposures}
    assert told == {
        name: {f"ref('{table}')" for table in _models_of(dashboard)}
        for name, dashboard in DASHBOARDS.items()
    }
    for each in exposures:
        assert each["label"] == DASHBOARDS[each["name"]]["title"]
        assert each["description"] == DASHBOARDS[each["name"]]["description"]


def _models_of(dashboard: Definition) -> Iterator[str]:
    for chart in definitions.charts(dashboard):
        for _, table in _tables(DATASETS[chart["dataset"]]):
            yield table


def test_what_superset_gets_is_the_same_each_time() -> None:
    addresses = dict.fromkeys(definitions.databases(), "postgresql://u:s3cret@h/d")
    files = rendering.files(DASHBOARDS, addresses)
    assert rendering.checksum(files) == rendering.checksum(rendering.files(DASHBOARDS, addresses))
    # A password that changes is imported; and it stands nowhere but in the database's file.
    others = dict.fromkeys(addresses, "postgresql://u:other@h/d")
    assert rendering.checksum(files) != rendering.checksum(rendering.files(DASHBOARDS, others))
    with_password = {name for name, text in files.items() if "s3cret" in text}
    assert {Path(name).parent.name for name in with_password} == {"databases"}
