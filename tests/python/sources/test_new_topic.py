"""A topic of Kafka becomes a source, from its messages to staged sales."""

import json
from pathlib import Path

from ingest.broker import broker
from road.conftest import UNTESTED
from support import Warehouse

SALE = {"when": "2026-01-05T10:00:00Z", "sku": "P1", "qty": 2, "price": 1.1, "customer": "C1"}


def test_from_messages_to_staged_sales(engines: Warehouse, project: Path, tmp_path: Path) -> None:
    if not engines.query("select from pg_database where datname = 'new_topic'"):
        engines.query("create database new_topic")
    with broker() as kafka:
        here = engines.with_settings(
            PYTHONPATH=str(project),
            POSTGRES_DATABASE="new_topic",
            WAREHOUSE_SOURCES="till",
            MELTANO_SYS_DIR_ROOT=str(tmp_path / "meltano"),
            DBT_TARGET_PATH=str(tmp_path / "dbt"),
            KAFKA_BOOTSTRAP_SERVERS=kafka.address,
        )
        make = ("warehouse", "new-source", "till", "kafka://till.sales")
        refused = here.run(*make, check=False)
        assert refused.returncode == 1
        assert refused.stderr.startswith("warehouse: topic till.sales")

        for partition in (0, 3):
            kafka.send("till.sales", json.dumps(SALE), json.dumps(SALE), partition=partition)
        here.run(*make)
        here.run("meltano", "run", "load", cwd=project)
        staged = ("--select", "source_systems", "stg_till__sale_lines")
        here.run("dbt", "build", "--target", "postgres", *staged, *UNTESTED, cwd=project)
        assert here.query(
            "select sale_id, sold_at::text, product_id, quantity, customer_id "
            "from staging.stg_till__sale_lines order by 1"
        ) == [
            (number, "2026-01-05 10:00:00", "P1", 2, "C1")
            for number in ("1-0-0", "1-0-1", "1-3-0", "1-3-1")
        ]
