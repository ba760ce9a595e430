"""Streams of a topic: each message once, whatever happens to the load, the topic or the broker."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ingest.broker import Broker, broker
from ingest.ingestion import SALES, Ingestion

STREAM = {"name": "sold", "topic": "shop.sales", "columns": ["id", "price"], **SALES}


@pytest.fixture
def kafka() -> Iterator[Broker]:
    with broker() as running:
        yield running


@pytest.fixture
def topic(new_ingestion: Callable[[str], Ingestion], kafka: Broker, tmp_path: Path) -> Ingestion:
    """An ingestion of a topic, with a folder of its own for its messages."""
    ingestion = new_ingestion("ingest_topics")
    ingestion.move_to(tmp_path / "home", KAFKA_BOOTSTRAP_SERVERS=kafka.address)
    ingestion.streams = [STREAM]
    return ingestion


def message(number: int, **more: object) -> str:
    return json.dumps({"id": f"S{number}", "price": number, **more})


def load(topic: Ingestion) -> tuple[int, str]:
    """Run the tap and, whatever it says, the target; the exit code and what both said."""
    extracted = topic.extract(check=False)
    messages = topic.scratch / "messages.jsonl"
    messages.write_text(extracted.stdout)
    loaded = topic.load(messages, check=False)
    return extracted.returncode or loaded.returncode, extracted.stderr + loaded.stderr


def sold(topic: Ingestion) -> list[tuple[str, int]]:
    """Which sales were loaded, and how often each."""
    return topic.query("select id, count(*) from raw.sold group by id order by length(id), id")


def once(*numbers: int) -> list[tuple[str, int]]:
    return [(f"S{number}", 1) for number in numbers]


def test_each_message_is_loaded_once(topic: Ingestion, kafka: Broker) -> None:
    kafka.send("shop.sales", message(1), message(2))
    kafka.send("shop.sales", message(3), partition=2)
    assert load(topic)[0] == 0
    assert load(topic)[0] == 0
    # Two that are the same are two messages.
    kafka.send("shop.sales", message(4), message(4))
    kafka.send("shop.sales", message(5), partition=3)
    assert load(topic)[0] == 0
    assert sold(topic) == [*once(1, 2, 3), ("S4", 2), *once(5)]
    assert topic.query("select id, kafka_message from raw.sold order by 1, 2") == [
        *(("S1", "1-0-0"), ("S2", "1-0-1"), ("S3", "1-2-0")),
        *(("S4", "1-0-2"), ("S4", "1-0-3"), ("S5", "1-3-0")),
    ]


def test_what_cannot_be_read_costs_itself_alone(topic: Ingestion, kafka: Broker) -> None:
    kafka.send("shop.sales", "{", "[1]", None, message(1), '{"id": "S2",\n "price": 1.10}', "{}")
    assert load(topic)[0] == 0
    assert topic.query("select id, price, kafka_message from raw.sold order by 3") == [
        ("S1", "1", "1-0-3"),
        ("S2", "1.10", "1-0-4"),
        (None, None, "1-0-5"),
    ]
    rejects = topic.query("select split_part(line, ':', 1) from raw._rejects order by source_line")
    assert rejects == [
        ('{"kafka_message"',),
        ("kafka_message 1-0-1",),
        ("kafka_message 1-0-2",),
    ]
    # One of another kind comes alone, and does not keep those behind it out.
    kafka.send("shop.sales", '{"heartbeat": true}')
    assert load(topic)[0] == 0
    kafka.send("shop.sales", message(3))
    assert load(topic)[0] == 0
    assert topic.query("select id from raw.sold where kafka_message = '1-0-7'") == [("S3",)]


def test_what_was_read_by_another_load_is_left_out(topic: Ingestion, kafka: Broker) -> None:
    kafka.send("shop.sales", message(1))
    slow = topic.scratch / "slow.jsonl"
    slow.write_text(topic.extract().stdout)
    [segment] = (Path(topic.warehouse.environ["WAREHOUSE_HOME"]) / "topics").rglob("*.jsonl")
    content = segment.read_bytes()
    kafka.send("shop.sales", message(2))
    assert load(topic)[0] == 0
    segment.write_bytes(content)
    topic.load(slow)
    kafka.send("shop.sales", message(3))
    assert load(topic)[0] == 0
    assert sold(topic) == once(1, 2, 3)


def test_a_topic_follows_on_files(topic: Ingestion, kafka: Broker) -> None:
    topic.streams = [{"name": "sold", "files": "sold/*.csv", "columns": ["id", "price"], **SALES}]
    # Its name comes after those of segments.
    topic.write("sold/day.csv", "id,price\nS1,1\n")
    assert load(topic)[0] == 0
    topic.streams = [STREAM]
    for number in (2, 3, 4):
        kafka.send("shop.sales", message(number))
        assert load(topic)[0] == 0
    assert sold(topic) == once(1, 2, 3, 4)


def test_a_load_that_died_goes_on(topic: Ingestion, kafka: Broker) -> None:
    kafka.send("shop.sales", message(1))
    topic.extract()
    kafka.send("shop.sales", message(2))
    assert load(topic)[0] == 0
    assert sold(topic) == once(1, 2)


def test_an_emptied_database_is_filled_again(topic: Ingestion, kafka: Broker) -> None:
    kafka.send("shop.sales", message(1), message(2))
    assert load(topic)[0] == 0
    topic.query("truncate raw.sold")
    kafka.send("shop.sales", message(3))
    assert load(topic)[0] == 0
    assert sold(topic) == once(1, 2, 3)


def test_messages_that_are_gone_stop_the_stream(topic: Ingestion, kafka: Broker) -> None:
    kafka.send("shop.sales", message(0))
    assert load(topic)[0] == 0
    long = "x" * 1000
    for start in range(1, 12_001, 1000):
        kafka.send("shop.sales", *(message(n, text=long) for n in range(start, start + 1000)))
    code, said = load(topic)
    assert code == 1
    assert "sold is not read: topic shop.sales, partition 0: messages 1 to" in said
    assert "set gaps: allowed" in said
    assert sold(topic) == once(0)
    topic.streams = [{**STREAM, "gaps": "allowed"}]
    code, said = load(topic)
    assert code == 0
    assert "are gone before they were read" in said
    ((rows, ids, last),) = topic.query(
        "select count(*), count(distinct id), max(price::int) from raw.sold"
    )
    assert rows == ids > 1
    assert last == 12_000


def test_a_topic_made_anew_stops_the_stream(topic: Ingestion, kafka: Broker) -> None:
    kafka.send("shop.sales", message(1), message(2))
    assert load(topic)[0] == 0
    with broker() as another:
        another.send("shop.sales", message(3))
        topic.warehouse = topic.warehouse.with_settings(KAFKA_BOOTSTRAP_SERVERS=another.address)
        code, said = load(topic)
        assert code == 1
        assert "ends at message 1, and 2 were read: it was made anew" in said
        topic.streams = [{**STREAM, "generation": 2}]
        assert load(topic)[0] == 0
    assert sold(topic) == once(1, 2, 3)


def test_what_is_wrong_is_said_in_a_line(topic: Ingestion, kafka: Broker) -> None:
    code, said = load(topic)
    assert code == 1
    assert "sold is not read: topic shop.sales:" in said
    for settings, reason in (
        ({"KAFKA_BOOTSTRAP_SERVERS": ""}, "KAFKA_BOOTSTRAP_SERVERS is not set"),
        ({"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"}, "no answer from the brokers"),
        ({"KAFKA_SASL_SORT": "x"}, 'No such configuration property: "sasl.sort"'),
    ):
        done = topic.warehouse.with_settings(**settings).run(
            "tap-files", "--config", topic.tap_config(), check=False
        )
        assert done.returncode == 1
        assert reason in done.stderr
        assert "Traceback" not in done.stderr
