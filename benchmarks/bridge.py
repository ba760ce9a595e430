"""Clients that read and write at once: does the bridge answer them all, and does it stay small?

make up && .venv/bin/python -m benchmarks.bridge --clients 8 --seconds 60
"""

import http.client
import random
import threading
import time
from collections import Counter

import click
import clickhouse_connect
import psutil
from clickhouse_connect.driver.client import Client

from warehouse import environment, settings, terminal

_DATABASE = "benchmark_bridge"


class _Load:
    """What the clients do, and what came of it."""

    def __init__(self, seconds: float) -> None:
        self.done: Counter[str] = Counter()
        self.errors: list[str] = []
        self._until = time.monotonic() + seconds

    def client(self, number: int) -> None:
        """Do one thing after the other until the time is up."""
        client = clickhouse_connect.get_client(
            **settings.clickhouse().connection, autogenerate_session_id=False
        )
        draw = random.Random(number)
        things = (self._aggregate, self._read, self._insert, self._insert, self._go_away)
        while time.monotonic() < self._until:
            thing = draw.choice(things)
            try:
                thing(client, draw)
                self.done[thing.__name__.strip("_")] += 1
            except Exception as error:
                self.errors.append(f"{thing.__name__}: {error}")

    def _aggregate(self, client: Client, draw: random.Random) -> None:
        client.query(
            f"select k, sum(n) from {_DATABASE}.t where n % {draw.randint(2, 9)} group by k"
        )

    def _read(self, client: Client, _: random.Random) -> None:
        with client.query_row_block_stream(
            "select number, toString(number) from numbers(200000)"
        ) as rows:
            sum(len(block) for block in rows)

    def _insert(self, client: Client, draw: random.Random) -> None:
        rows = [(draw.randint(0, 9), number) for number in range(1000)]
        client.insert(f"{_DATABASE}.t", rows, column_names=["k", "n"])

    def _go_away(self, _: Client, __: random.Random) -> None:
        server = settings.clickhouse()
        connection = http.client.HTTPConnection(server.host, server.port)
        connection.request(
            "POST",
            "/?default_format=RowBinary",
            "select number from numbers(1000000000)",
            {"X-ClickHouse-User": server.user, "X-ClickHouse-Key": server.password},
        )
        if connection.getresponse().read(8) != bytes(8):
            raise ValueError("not the first number")
        connection.close()


def _bridge() -> psutil.Process:
    port = settings.clickhouse().port
    for process in psutil.process_iter(["cmdline"]):
        if "warehouse.bridge" not in (process.info["cmdline"] or []):
            continue
        if port in {each.laddr.port for each in process.net_connections() if each.laddr}:
            return process
    raise click.ClickException("no bridge runs here: start it with 'make up'")


@click.command()
@click.option("--clients", default=8, show_default=True)
@click.option("--seconds", default=60.0, show_default=True)
def main(clients: int, seconds: float) -> None:
    """Print what was done and how the bridge's memory went."""
    environment.load()
    bridge = _bridge()
    client = clickhouse_connect.get_client(**settings.clickhouse().connection)
    client.command(f"drop database if exists {_DATABASE}")
    client.command(f"create database {_DATABASE}")
    client.command(f"create table {_DATABASE}.t (k UInt8, n UInt64) engine = MergeTree order by k")
    memory = [bridge.memory_info().rss]
    load = _Load(seconds)
    threads = [threading.Thread(target=load.client, args=(each,)) for each in range(clients)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        time.sleep(seconds / 12)
        memory.append(bridge.memory_info().rss)
    took = time.monotonic() - started
    [(inserted,)] = client.query(f"select count() from {_DATABASE}.t").result_rows
    [(running,)] = client.query("select count() from system.processes").result_rows
    client.command(f"drop database {_DATABASE}")
    for name, count in sorted(load.done.items()):
        terminal.say(f"{name:12}{count:8,}   {count / took:8.1f}/s")
    terminal.say(f"errors      {len(load.errors):8,}   {Counter(load.errors).most_common(3) or ''}")
    terminal.say(f"rows        {inserted:8,} inserted, {load.done['insert'] * 1000:,} acknowledged")
    terminal.say(f"left running {running - 1:7,}")
    terminal.say("memory      " + ", ".join(terminal.size(each) for each in memory))


if __name__ == "__main__":
    main()
