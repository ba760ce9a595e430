"""The roles on a ClickHouse server: what is said to it, and what those grants allow.

There is no server here. What makes users and roles is parsed by the embedded engine; the grants are
tried in an engine of its own, which has them by its configuration.
"""

import json
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from road.clickhouse_proxy import ONLY_WITH_USERS, rewriting
from road.conftest import Road

THERE = [
    "CREATE DATABASE serving",
    "CREATE DATABASE kept",
    "CREATE TABLE serving.hot_sales (quantity Int32, gender String) ENGINE = MergeTree ORDER BY ()",
    "CREATE TABLE kept.kept (n Int32) ENGINE = MergeTree ORDER BY ()",
]
MAY = [
    ("transformer", "CREATE TABLE serving.mine (n Int32) ENGINE = MergeTree ORDER BY ()"),
    ("transformer", "INSERT INTO serving.mine SELECT 1"),
    ("transformer", "EXCHANGE TABLES serving.mine AND serving.hot_sales"),
    ("transformer", "EXCHANGE TABLES serving.mine AND serving.hot_sales"),
    ("transformer", "ALTER TABLE serving.mine DELETE WHERE n = 1"),
    ("transformer", "DROP TABLE serving.mine"),
    (
        "transformer",
        "CREATE DATABASE marts ENGINE = PostgreSQL('127.0.0.1:1', 'd', 'u', 'p', 'marts')",
    ),
    ("transformer", "DROP DATABASE marts"),
    ("operator", "SELECT gender FROM serving.hot_sales"),
    ("operator", "SELECT * FROM system.parts"),
    ("reporting", "SELECT quantity FROM serving.hot_sales"),
    ("analyst", "SELECT sum(quantity) FROM serving.hot_sales"),
]
MAY_NOT = [
    ("transformer", "SELECT n FROM kept.kept"),
    ("transformer", "CREATE DATABASE mine"),
    ("transformer", "CREATE ROLE mine"),
    ("transformer", "SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')"),
    ("operator", "INSERT INTO serving.hot_sales VALUES (1, 'f')"),
    ("operator", "SELECT n FROM kept.kept"),
    ("reporting", "SELECT gender FROM serving.hot_sales"),
    ("reporting", "SELECT * FROM serving.hot_sales"),
    ("reporting", "TRUNCATE TABLE serving.hot_sales"),
    ("analyst", "SELECT gender FROM serving.hot_sales"),
    ("analyst", "SELECT * FROM postgresql('127.0.0.1:1', 'd', 't', 'u', 'p')"),
]


@pytest.fixture(scope="module")
def said(shop: Road) -> list[str]:
    """What `warehouse roles` says to a server of the user's."""
    settings = {name: shop.warehouse.setting(f"CLICKHOUSE_{name}") for name in ("USER", "PASSWORD")}
    port = int(shop.warehouse.setting("CLICKHOUSE_PORT"))
    with rewriting(port, ONLY_WITH_USERS) as sent:
        server = shop.warehouse.with_settings(
            CLICKHOUSE_HOST="127.0.0.1",
            CLICKHOUSE_PORT=str(sent.port),
            **{f"CLICKHOUSE_{name}": value for name, value in settings.items()},
        )
        told = server.run("warehouse", "roles").stdout
    # Another test may have given the analyst a new login.
    assert re.search("ClickHouse  transformer_a, reporting_a, analyst_[ab], operator_a\n", told)
    # dbt writes a comment before its own.
    statements = (re.sub(r"^/\*.*?\*/\s*", "", each, flags=re.DOTALL) for each in sent.statements)
    return [each for each in statements if re.match("(CREATE|ALTER|GRANT)", each, re.IGNORECASE)]


@pytest.fixture(scope="module")
def tried(said: list[str], tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], str]:
    """What became of each statement in an engine with these grants."""
    grants: dict[str, list[str]] = {}
    for statement in said:
        if found := re.fullmatch(
            "(.+) to `(.+)` with replace option", statement.strip(), re.DOTALL | re.IGNORECASE
        ):
            grants[found[2]] = [found[1]]
    wanted = {"grants": grants, "there": THERE, "tried": [*MAY, *MAY_NOT]}
    done = subprocess.run(
        [
            *(sys.executable, Path(__file__).with_name("granted.py")),
            *(tmp_path_factory.mktemp("granted"), json.dumps(wanted)),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(zip([*MAY, *MAY_NOT], json.loads(done.stdout), strict=True))


def test_each_login_has_its_role_and_its_password_is_not_sent(shop: Road, said: list[str]) -> None:
    kept = (shop.warehouse.home / "roles.env").read_text()
    [login] = re.findall("WAREHOUSE_ANALYST_USER=(.+)", kept)
    [password] = re.findall("WAREHOUSE_ANALYST_PASSWORD=(.+)", kept)
    assert f"GRANT `analyst` TO `{login}`" in said
    assert "ALTER ROLE `analyst` SETTINGS readonly = 1, max_execution_time = 60" in said
    digest = sha256(password.encode()).hexdigest()
    assert f"ALTER USER `{login}` IDENTIFIED WITH sha256_hash BY '{digest}'" in said
    assert not any(password in each or "loader" in each for each in said)


@pytest.mark.parametrize(("role", "statement"), MAY)
def test_a_role_may(tried: dict[tuple[str, str], str], role: str, statement: str) -> None:
    assert tried[role, statement] == ""


@pytest.mark.parametrize(("role", "statement"), MAY_NOT)
def test_a_role_may_not(tried: dict[tuple[str, str], str], role: str, statement: str) -> None:
    assert "ACCESS_DENIED" in tried[role, statement]


def test_who_may_not_make_roles_is_told_so(shop: Road) -> None:
    warehouse = shop.warehouse
    embedded_is_none = warehouse.with_settings(
        **{
            f"CLICKHOUSE_{name}": warehouse.setting(f"CLICKHOUSE_{name}")
            for name in ("HOST", "PORT", "USER", "PASSWORD")
        }
    ).run("warehouse", "roles", check=False)
    assert embedded_is_none.returncode == 1
    assert "may not make roles on ClickHouse: give it 'access_management'" in (
        embedded_is_none.stderr
    )
