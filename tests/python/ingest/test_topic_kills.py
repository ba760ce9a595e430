"""Fifty kills at random moments, while messages are sent: each of them is loaded once."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from ingest.broker import Broker, broker
from ingest.ingestion import SALES, Ingestion
from ingest.victims import answers, find, running_load
from support import Warehouse, kill, wait_for

KILLS = 50
PARTITIONS = 4
SECONDS_OF_A_LOAD = 1.5

# The server takes longest to come back: when one of its processes is killed, it ends all others.
VICTIMS = ["tap"] * 20 + ["target"] * 20 + ["session"] * 7 + ["server"] * 3


class Shop:
    """Sends messages until it is closed, a bad one now and then."""

    def __init__(self, kafka: Broker) -> None:
        self.sent = [0] * PARTITIONS
        self._kafka = kafka
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._sell)
        self._thread.start()

    def _sell(self) -> None:
        chance = random.Random(1)
        while not self._closed.wait(0.1):
            partition, count = chance.randrange(PARTITIONS), chance.randrange(1, 300)
            messages = [f'{{"id": "{number}"}}' for number in range(count - 1)]
            self._kafka.send("sold", *messages, "no JSON", partition=partition)
            self.sent[partition] += count

    def close(self) -> None:
        """Send no more."""
        self._closed.set()
        self._thread.join()


@contextmanager
def shop(kafka: Broker) -> Iterator[Shop]:
    opened = Shop(kafka)
    try:
        yield opened
    finally:
        opened.close()


def check(ingestion: Ingestion) -> list[int]:
    """Each load is there with all its messages, and with each once; returns how many there are."""
    loads = ingestion.query(
        "select load_id, rows_loaded, rows_rejected from raw._loads where status = 'loaded' "
        "order by load_id"
    )
    rows = dict(ingestion.query("select _load_id, count(*) from raw.sold group by 1"))
    rejects = dict(ingestion.query("select load_id, count(*) from raw._rejects group by 1"))
    assert [(load, rows.pop(load, 0), rejects.pop(load, 0)) for load, *_ in loads] == loads
    assert not rows
    assert not rejects
    found: list[set[int]] = [set() for _ in range(PARTITIONS)]
    places = ingestion.query(
        "select kafka_message from raw.sold union all "
        "select substring(line from 'kafka_message (\\d+-\\d+-\\d+):') from raw._rejects"
    )
    for (place,) in places:
        _, partition, offset = map(int, place.split("-"))
        found[partition].add(offset)
    assert sum(map(len, found)) == len(places)
    # Nothing between the first and the last one is missing.
    assert all(offsets == set(range(len(offsets))) for offsets in found)
    return [len(offsets) for offsets in found]


@pytest.mark.drill
def test_fifty_kills_lose_and_double_no_message(
    new_warehouse: Callable[..., Warehouse], tmp_path: Path
) -> None:
    chance = random.Random(7)
    with broker() as kafka:
        warehouse = new_warehouse().with_settings(
            WAREHOUSE_SOURCES="lab", KAFKA_BOOTSTRAP_SERVERS=kafka.address
        )
        warehouse.run("warehouse", "up")
        stream = {"name": "sold", "topic": "sold", "columns": ["id"], **SALES}
        ingestion = Ingestion(warehouse, tmp_path / "files", tmp_path, [stream])
        kafka.send("sold", '{"id": "first"}')
        with running_load(ingestion):
            pass
        killed = 0
        with shop(kafka) as selling:
            selling.sent[0] += 1
            for victim in chance.sample(VICTIMS, KILLS):
                process = None
                # A load that has ended before its victim was chosen does not count.
                while process is None:
                    with running_load(ingestion) as load:
                        time.sleep(chance.uniform(0, SECONDS_OF_A_LOAD))
                        with suppress(psutil.NoSuchProcess):
                            if process := find(victim, ingestion, load):
                                kill(process)
                                killed += 1
                                if victim == "server":
                                    warehouse.run("warehouse", "up")
                                wait_for(lambda: answers(ingestion))
                check(ingestion)
        assert killed == KILLS
        ingestion.load()
        assert check(ingestion) == selling.sent
        # What the account says is loaded is where the topic ends.
        ends = ingestion.query(
            "select split_part(source_file, '/', 4)::int, "
            "max(substring(source_file from '-(\\d+)\\.jsonl$')::bigint) + 1 "
            "from raw._loads where status = 'loaded' group by 1 order by 1"
        )
        assert ends == list(enumerate(selling.sent))
