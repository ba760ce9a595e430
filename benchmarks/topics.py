r"""Times the load of messages of a topic beside that of a CSV file of the same sales.

    .venv/bin/python -m benchmarks.topics --rows 2000000

The broker is librdkafka's own, which lives in this process. It keeps some megabytes of a partition,
so messages are sent compressed, and half a million at a time, each time loaded at once; what is
measured is the loads, not the sending. Tap and target run as they are, without Meltano.
"""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
from confluent_kafka import Producer

from benchmarks import machine, scratch
from benchmarks.meter import Usage
from benchmarks.scratch import Warehouse
from warehouse import terminal

_COLUMNS = ("sale_id", "sold_at", "product_id", "quantity", "unit_price", "customer_id")
_PARTITIONS = 4
_AT_A_TIME = 500_000
_KEPT = {"rows": "sales", "customer": "customer_id", "columns": list(_COLUMNS)}


@click.command()
@click.option("--rows", type=click.IntRange(min=_PARTITIONS), default=2_000_000, show_default=True)
def main(rows: int) -> None:
    """Measure, and print a table."""
    with scratch.warehouse() as warehouse, _broker() as (producer, address):
        about = machine.described(warehouse)
        table = [
            _row("CSV", rows, warehouse, _load_files(warehouse, rows)),
            _row("messages", rows, warehouse, _load_messages(warehouse, rows, producer, address)),
        ]
    terminal.table(
        ("what", "seconds", "rows/s", "CPU s", "programs MB"), table, numeric=range(1, 4)
    )
    terminal.say(", ".join(f"{name} {value}" for name, value in about.items()))


def _row(what: str, rows: int, warehouse: Warehouse, usage: Usage) -> tuple[str, ...]:
    if warehouse.query(f"select count(*) from raw.{what.lower()}") != [(rows,)]:
        raise click.ClickException(f"{what}: not all rows are loaded")
    memory = ", ".join(
        f"{name} {size / 1e6:,.0f}"
        for name, size in usage.memory.most_common()
        if name.startswith(("tap", "target"))
    )
    seconds = usage.seconds
    return what, f"{seconds:.1f}", f"{rows / seconds:,.0f}", f"{usage.cpu_seconds:.1f}", memory


def _load_files(warehouse: Warehouse, rows: int) -> Usage:
    folder = warehouse.folder / "files"
    folder.mkdir()
    usage = Usage()
    for number, sales in enumerate(_chunks(rows)):
        lines = "".join(",".join(sale) + "\n" for sale in sales)
        (folder / f"{number}.csv").write_text(",".join(_COLUMNS) + "\n" + lines, encoding="utf-8")
        usage += _load(warehouse, {"name": "csv", "files": "*.csv", **_KEPT})
    return usage


def _load_messages(warehouse: Warehouse, rows: int, producer: Producer, address: str) -> Usage:
    usage = Usage()
    for sales in _chunks(rows):
        for number, sale in enumerate(sales):
            message = json.dumps(dict(zip(_COLUMNS, sale, strict=True)))
            _send(producer, message, number % _PARTITIONS)
        producer.flush()
        stream = {"name": "messages", "topic": "sales", **_KEPT}
        usage += _load(warehouse, stream, address)
    return usage


def _send(producer: Producer, message: str, partition: int) -> None:
    while True:
        try:
            producer.produce("sales", message, partition=partition)
        except BufferError:
            producer.poll(0.1)
        else:
            return


def _load(warehouse: Warehouse, stream: dict[str, Any], brokers: str = "") -> Usage:
    source = {"name": "lab", "folder": str(warehouse.folder / "files"), "streams": [stream]}
    tap, target = warehouse.folder / "tap.json", warehouse.folder / "target.json"
    tap.write_text(json.dumps({"sources": [source]}), encoding="utf-8")
    target.write_text("{}", encoding="utf-8")
    pipe = f"set -o pipefail; tap-files --config {tap} | target-warehouse --config {target}"
    return warehouse.measure(
        lambda: warehouse.run(
            Path("/bin/bash"), "-c", pipe, WAREHOUSE_SOURCES="lab", KAFKA_BOOTSTRAP_SERVERS=brokers
        )
    )


@contextmanager
def _broker() -> Iterator[tuple[Producer, str]]:
    producer = Producer(
        {
            "bootstrap.servers": " ",
            "test.mock.num.brokers": 1,
            "compression.type": "zstd",
            "batch.size": 1_000_000,
            "linger.ms": 100,
            "log_level": 0,
        }
    )
    [found] = producer.list_topics(timeout=10).brokers.values()
    yield producer, f"{found.host}:{found.port}"


def _chunks(rows: int) -> Iterator[list[tuple[str, ...]]]:
    """Made-up sales, each with a number of its own."""
    chance = random.Random(1)
    start = datetime(2024, 1, 1)
    for first in range(0, rows, _AT_A_TIME):
        yield [
            (
                str(number),
                str(start + timedelta(seconds=chance.randrange(31_536_000))),
                f"P{chance.randrange(100_000):05}",
                str(chance.randrange(1, 9)),
                f"{chance.randrange(100, 99_999) / 100:.2f}",
                f"C{chance.randrange(1_000_000):06}",
            )
            for number in range(first, min(first + _AT_A_TIME, rows))
        ]


if __name__ == "__main__":
    main()
