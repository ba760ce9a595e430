"""With CLICKHOUSE_CLUSTER every table is replicated and distributed, by the same models."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from road.clickhouse_proxy import ONLY_WITH_KEEPER, rewriting
from road.contents import contents
from support import Warehouse

pytestmark = pytest.mark.drill

SHARDING_KEYS = {
    "hot_sales": "toYYYYMM(sale_date)",
    "summary_sales": "toYYYYMM(sale_date)",
    "summary_stores": "toYYYYMM(sale_date)",
    "summary_products_monthly": "toYYYYMM(month_start)",
    "summary_products": "cityHash64(product_key)",
    "summary_customers": "cityHash64(customer_key)",
}


@dataclass(frozen=True)
class Cluster:
    """What dbt sent to a cluster in a first and in a second run, and what came of it."""

    first: list[str]
    second: list[str]
    settings: list[str]
    models: dict[str, str]
    contents: dict[str, Any]
    contents_of_one_server: dict[str, Any]


@pytest.fixture(scope="module")
def cluster(star: Warehouse) -> Iterator[Cluster]:
    """A small shop, built on one server, and then on a cluster, where a month changes."""
    client = star.clickhouse()
    client.command("drop database if exists serving sync")
    star.dbt("run", target="clickhouse")
    on_one_server = contents(star, "CLICKHOUSE")
    client.command("drop database serving sync")
    with rewriting(int(star.setting("CLICKHOUSE_PORT")), ONLY_WITH_KEEPER) as sent:
        on_cluster = star.with_settings(
            CLICKHOUSE_HOST="127.0.0.1",
            CLICKHOUSE_PORT=str(sent.port),
            CLICKHOUSE_USER=star.setting("CLICKHOUSE_USER"),
            CLICKHOUSE_PASSWORD=star.setting("CLICKHOUSE_PASSWORD"),
            CLICKHOUSE_CLUSTER="default",
            CLICKHOUSE_REPLICAS="2",
        )
        on_cluster.dbt("build", target="clickhouse")
        first, sent.statements = sent.statements, []
        found = contents(star, "CLICKHOUSE")
        star.query(
            "update marts.sales_months set changed_at = now() where sale_month = '2024-05-01'"
        )
        on_cluster.dbt("run", target="clickhouse")
    yield Cluster(first, sent.statements, sent.settings, _models(star), found, on_one_server)
    client.command("drop database serving sync")


def test_every_table_is_replicated_and_distributed(cluster: Cluster) -> None:
    for model, materialized in cluster.models.items():
        if materialized == "view":
            assert _sent(
                cluster, rf"create or replace view `serving`\.`{model}`\s+ON CLUSTER \"default\""
            ), model
            continue
        local = rf"create table `serving`\.`{model}_local`\s+ON CLUSTER \"default\".+engine = ReplicatedMergeTree\(\)"  # noqa: E501
        assert _sent(cluster, local), model
        key = re.escape(SHARDING_KEYS.get(model, "0"))
        distributed = (
            rf"create or replace table `serving`\.`{model}`\s+ON CLUSTER \"default\"\s+"
            rf"as `serving`\.`{model}_local`\s+"
            rf"ENGINE = Distributed\('default', 'serving', '{model}_local'\s*, {key}\s*\)"
        )
        assert _sent(cluster, distributed), model


def test_nothing_is_made_on_one_server_alone(cluster: Cluster) -> None:
    alone = [
        statement
        for statement in cluster.first + cluster.second
        if re.search(
            r"\b(create|alter|drop|exchange|rename)\s+(or replace )?(table|view|tables)\b.*serving",
            statement,
            re.I,
        )
        and not re.match(r"\s*(/\*.*?\*/)?\s*(select|with)\b", statement, re.I | re.S)
        and "ON CLUSTER" not in statement
    ]
    assert alone == []


def test_a_month_that_changed_is_replaced_on_every_shard(cluster: Cluster) -> None:
    for table in ("hot_sales", "summary_sales", "summary_products_monthly"):
        replaced = [
            re.findall(r"replace partition id '(\d+)'", statement)
            for statement in cluster.second
            if re.search(
                rf"alter table `serving`\.`{table}_local`\s+ON CLUSTER \"default\"\s+replace",
                statement,
            )
        ]
        assert replaced == [["202405"]], table


def test_a_write_waits_for_all_replicas(cluster: Cluster) -> None:
    runs = zip(cluster.settings, cluster.first + cluster.second, strict=True)
    inserts = [settings for settings, sql in runs if "insert into `serving`" in sql]
    assert inserts
    assert all("insert_quorum=2" in settings for settings in inserts)


def test_a_cluster_holds_what_one_server_holds(cluster: Cluster) -> None:
    found = {
        table: content
        for table, content in cluster.contents.items()
        # dbt-clickhouse leaves the view of which it has made a distributed table.
        if not table.endswith(("_local", "__dbt_view_tmp"))
    }
    assert found == cluster.contents_of_one_server


def _sent(cluster: Cluster, pattern: str) -> bool:
    return any(re.search(pattern, statement, re.S) for statement in cluster.first)


def _models(star: Warehouse) -> dict[str, str]:
    manifest_file = star.target_path("clickhouse") / "manifest.json"
    manifest = json.loads(manifest_file.read_text(encoding="utf-8"))
    return {
        node["name"]: node["config"]["materialized"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and "clickhouse" in node["tags"]
    }
