"""What `warehouse connections` writes leads any other tool to every view, and holds no password."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from road.conftest import Road
from road.test_roles import login
from support import Warehouse

from warehouse import environment


@pytest.fixture(scope="module")
def folder(shop: Road, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files, where there are roles."""
    shop.warehouse.run("warehouse", "roles")
    place = tmp_path_factory.mktemp("connections") / "files"
    shop.warehouse.run("warehouse", "connections", "--to", place)
    return place


def answer(warehouse: Warehouse, statement: str, **address: Any) -> list[tuple[object, ...]]:
    """What a database answers who reports, by an ordinary driver."""
    given = login(warehouse, "reporting")
    connection = psycopg2.connect(
        user=given["USER"], password=given["PASSWORD"], connect_timeout=10, **address
    )
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return [*cursor.fetchall()]
    finally:
        connection.close()


def source(path: Path) -> tuple[str, Mapping[str, str]]:
    """The table that a data source of Tableau's names, and its connection."""
    root = ET.parse(path).getroot()  # noqa: S314 (written by the command)
    [connection] = root.findall("connection/named-connections/named-connection/connection")
    [relation] = root.findall("connection/relation")
    [named] = root.findall("connection/named-connections/named-connection")
    assert relation.attrib["connection"] == named.attrib["name"]
    return relation.attrib["table"], connection.attrib


def test_tableau_is_led_to_every_view(shop: Road, folder: Path) -> None:
    models = sorted(path.stem for path in (environment.ROOT / "models" / "bi").glob("*.sql"))
    assert sorted(path.stem for path in folder.glob("*.tds")) == models
    for view in models:
        table, connection = source(folder / f"{view}.tds")
        assert (table, connection["schema"]) == (f"[bi].[{view}]", "bi")
        assert (connection["class"], connection["username"]) == ("postgres", "reporting_a")
        query = f"select count(*) from {table.replace('[', '').replace(']', '')}"
        address = {"host": "server", "port": "port", "dbname": "dbname"}
        where = {name: connection[attribute] for name, attribute in address.items()}
        assert answer(shop.warehouse, query, **where) > [(0,)], view


@pytest.mark.parametrize(
    ("engine", "table"), [("greenplum", "bi.sales_by_month"), ("postgres", "marts.fct_sales")]
)
def test_power_bi_is_led_to_the_database(shop: Road, folder: Path, engine: str, table: str) -> None:
    written = json.loads((folder / f"{engine}.pbids").read_text(encoding="utf-8"))
    [connection] = written["connections"]
    assert (written["version"], connection["mode"]) == ("0.1", "Import")
    assert connection["details"]["protocol"] == "postgresql"
    address = connection["details"]["address"]
    host, _, port = address["server"].rpartition(":")
    where = {"host": host, "port": port, "dbname": address["database"]}
    assert answer(shop.warehouse, f"select count(*) from {table}", **where) > [(0,)]


def test_no_password_is_written(shop: Road, folder: Path) -> None:
    roles = dict(environment.read_file(shop.warehouse.home / "roles.env"))
    engines = dict(environment.read_file(shop.warehouse.home / "engines.env"))
    secrets = {value for name, value in (roles | engines).items() if name.endswith("_PASSWORD")}
    assert len(secrets) > 5
    for path in folder.iterdir():
        text = path.read_text(encoding="utf-8")
        assert not any(secret in text for secret in secrets), path


def test_where_the_engines_are_is_said(shop: Road, tmp_path: Path) -> None:
    said = shop.warehouse.run("warehouse", "connections", "--to", tmp_path).stdout
    for engine, name in (("GREENPLUM", "Greenplum"), ("POSTGRES", "PostgreSQL")):
        where = (
            shop.warehouse.setting(f"{engine}_{what}") for what in ("HOST", "PORT", "DATABASE")
        )
        assert re.search(rf"^{name} +{' +'.join(where)} +reporting_a ", said, re.MULTILINE), said
    host, port = (shop.warehouse.setting(f"CLICKHOUSE_{what}") for what in ("HOST", "PORT"))
    assert re.search(rf"^ClickHouse +{host} +{port} +serving ", said, re.MULTILINE), said


def test_a_view_that_is_gone_has_no_file_any_more(shop: Road, tmp_path: Path) -> None:
    (tmp_path / "former_view.tds").touch()
    (tmp_path / "mine.twb").touch()
    shop.warehouse.run("warehouse", "connections", "--to", tmp_path)
    assert not (tmp_path / "former_view.tds").exists()
    assert (tmp_path / "mine.twb").exists()


def test_before_a_run_there_is_nothing_to_connect_to(
    new_warehouse: Callable[..., Warehouse],
) -> None:
    done = new_warehouse().run("warehouse", "connections", check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "warehouse: there is no view in the schema bi yet: 'make run' builds them"
    )
