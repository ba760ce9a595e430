"""`warehouse stream`: what is sent is shown, as a file of the same would have it shown."""

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ingest.broker import Broker, broker
from runs.listeners import web_server
from stream.running import stream
from support import Warehouse

from warehouse.engines.lock import exclusive

SHOWN = r"[\d,]+ messages shown in .*; the oldest has waited .*; 0 messages behind"
FILES, TOPIC = "files: sales_data/*.csv", "topic: shop.sales"

# Of the star what does not tell by which file a row came; of ClickHouse what readers see.
STAR = ("dim_product", "dim_customer", "dim_store", "fct_sales", "sales_months")
SUMMARIES = ("hot_sales", "summary_sales", "summary_stores", "summary_products_monthly")
OF_ENGINES = "column_name not like '\\_%' and column_name not in ('changed_at')"


@pytest.fixture
def kafka() -> Iterator[Broker]:
    with broker() as running:
        yield running


def switch(project: Path, before: str, after: str) -> None:
    """Have the shop's sales come another way."""
    path = project / "meltano.yml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def contents(warehouse: Warehouse) -> dict[str, object]:
    """A count and a hash of each table that a stream fills."""
    found: dict[str, object] = {}
    for table in STAR:
        ((columns,),) = warehouse.query(
            "select string_agg(column_name, ', ' order by ordinal_position) "
            "from information_schema.columns "
            f"where table_schema = 'marts' and table_name = '{table}' and {OF_ENGINES}"
        )
        [found[table]] = warehouse.query(
            "select count(*), md5(string_agg(line::text, '' order by line::text)) "
            f"from (select {columns} from marts.{table}) as line"
        )
    client = warehouse.clickhouse()
    for table in SUMMARIES:
        columns = client.query(
            "select arrayStringConcat(groupArray(name), ', ') from system.columns "
            f"where database = 'serving' and table = '{table}' and name not like '\\_%' "
            "and type not like 'AggregateFunction%'"
        ).result_rows[0][0]
        found[table] = client.query(
            f"select count(), sum(cityHash64({columns})) from serving.{table}"
        ).result_rows
    return found


@pytest.fixture
def topical(
    new_warehouse: Callable[..., Warehouse], project: Path, tmp_path: Path, kafka: Broker
) -> Warehouse:
    """A new warehouse of a shop whose sales come by a topic."""
    switch(project, FILES, TOPIC)
    warehouse = new_warehouse(
        SHOP_FILES=str(tmp_path / "files"),
        PYTHONPATH=str(project),
        KAFKA_BOOTSTRAP_SERVERS=kafka.address,
    )
    warehouse.up()
    return warehouse


def test_messages_are_shown(topical: Warehouse, tmp_path: Path, kafka: Broker) -> None:
    kafka.send("shop.sales", sale(1), sale(2))
    with stream(topical, tmp_path / "said", "--every", "1s") as running:
        # Another command goes first.
        with exclusive(topical.home, "road"):
            running.wait_until_said("another `warehouse` command is at work")
        running.wait_until_said(SHOWN)
        # dbt reads and builds all of the project once, and what is reached by messages from then.
        kafka.send("shop.sales", "{", sale(2), sale(3))
        [*_, line] = running.wait_until_said(SHOWN, 2)
        assert line.startswith("3 messages shown")
        assert len(running.said("dbt build")) == 2
        shown = "select sum(sale_lines), count(distinct sale_date) from serving.summary_sales"
        assert topical.clickhouse().query(shown).result_rows == [(3, 1)]
        assert topical.query("select count(*) from raw._rejects") == [(1,)]
        assert running.stop() == 0
        assert running.output.read_text().splitlines()[-1] == (
            "Stopped; 5 messages were loaded, the rest stays in Kafka."
        )


def sale(number: int) -> str:
    sale = {"sale_id": f"S{number}", "sold_at": "2026-03-01 10:00:00", "product_id": "P1"}
    return json.dumps({**sale, "quantity": 1, "unit_price": "11.10", "customer_id": "C1"})


@pytest.mark.drill
def test_a_stream_ends_as_files_do(
    topical: Warehouse, project: Path, tmp_path: Path, kafka: Broker
) -> None:
    files = tmp_path / "files"
    topical.run("warehouse", "sample", "--rows", "400", "--to", files)
    # The topic is not there yet; all else is loaded.
    assert topical.run("warehouse", "ingest", check=False).returncode == 1
    *days, last_day = sorted((files / "sales_data").glob("*.csv"))
    kafka.send("shop.sales", *(line for day in days for line in messages(day)))
    with (
        web_server() as (hooks, to_web),
        stream(
            topical.with_settings(**to_web), tmp_path / "said", "--every", "1s", "--notify"
        ) as running,
    ):
        running.wait_until_said(SHOWN)
        kafka.send("shop.sales", *messages(last_day))
        running.wait_until_said(SHOWN, 2)
        # What a broken project costs is a line; the round after it is whole again.
        model = project / "models" / "marts" / "fct_sales.sql"
        sound = model.read_text(encoding="utf-8")
        model.write_text(sound.replace("latest.sold_at,", "latest.sold_when,"), encoding="utf-8")
        kafka.send("shop.sales", "{}")
        running.wait_until_said("this round failed: .*messages behind")
        assert not running.said("Traceback")
        model.write_text(sound, encoding="utf-8")
        running.wait_until_said(SHOWN, 3)
        # So is what an engine costs that is gone for a while; people hear of it once.
        topical.run("warehouse", "down")
        running.wait_until_said("this round failed: no connection to PostgreSQL", 2)
        topical.up()
        kafka.send("shop.sales", "{}")
        running.wait_until_said(SHOWN, 4)
        assert running.stop() == 0
        events = [body["event"] for body in hooks.bodies["/hook/s3cret"]]
        assert events.count("failed") >= 2
        assert events[-1] == "well again"
    by_message = contents(topical)

    switch(project, TOPIC, FILES)
    topical.query("truncate raw.sales_data")
    topical.run("warehouse", "ingest")
    topical.run("warehouse", "build")
    assert contents(topical) == by_message


def messages(day: Path) -> list[str]:
    with day.open(encoding="utf-8", newline="") as lines:
        return [json.dumps(line) for line in csv.DictReader(lines)]


def test_what_is_wrong_is_said_before_it_begins(engines: Warehouse) -> None:
    done = engines.run("warehouse", "stream", check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("warehouse: no active source system (shop) has a topic")
    done = engines.run("warehouse", "stream", "--every", "soon", check=False)
    assert done.returncode == 2
    assert "'soon' is no span of time: write 10s or 2m" in done.stderr
