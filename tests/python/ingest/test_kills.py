"""Fifty kills at random moments: no file is ever lost, doubled or half loaded.

The tap and the target are forked from the test, which has imported them once: to start them as
programs fifty times over would take longer than all else.
"""

import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from pathlib import Path

import psutil
import psycopg2
import pytest
from ingest.ingestion import Ingestion
from support import Warehouse, has_ended, kill, wait_for

from warehouse import environment
from warehouse.ingest.singer import tap, target

KILLS = 50
FILES = 8

# The server takes longest to come back: when one of its processes is killed, it ends all others.
VICTIMS = ["tap"] * 14 + ["target"] * 26 + ["session"] * 6 + ["server"] * 4


@pytest.fixture
def ingestion(new_warehouse: Callable[..., Warehouse], tmp_path: Path) -> Ingestion:
    """An ingestion on a server of its own."""
    warehouse = new_warehouse().with_settings(WAREHOUSE_SOURCES="lab")
    warehouse.run("warehouse", "up")
    return Ingestion(warehouse, tmp_path / "files", tmp_path)


class Files:
    """Files of some thousand lines, and what is loaded of them."""

    def __init__(self, ingestion: Ingestion) -> None:
        self._ingestion = ingestion
        self._version = 0
        self.renew()

    def renew(self) -> None:
        """Write all files in a new version, which stands in each line."""
        self._version += 1
        for number in range(FILES):
            lines = "".join(f"{line},{self._version},x\n" for line in range(self._rows(number)))
            bad = f"{self._version}\n" * (self._version % 5)
            self._ingestion.write(f"{number}.csv", f"a,b,c\n{lines}{bad}")

    def _rows(self, number: int) -> int:
        return 4000 + 1000 * number + self._version

    def are_loaded(self) -> bool:
        """Whether all files are loaded in their present version."""
        loaded = self._ingestion.query(
            "select rows_loaded, rows_rejected from raw._loads where status = 'loaded' "
            "order by source_file"
        )
        return loaded == [(self._rows(number), self._version % 5) for number in range(FILES)]

    def check(self) -> None:
        """Each file is loaded with all lines of one version, each once, and there are no others."""
        query = self._ingestion.query
        loads = query(
            "select load_id, source_file, rows_loaded, rows_rejected from raw._loads "
            "where status = 'loaded' order by load_id"
        )
        assert query(
            "select _load_id, _source_file, count(*), count(distinct a), count(distinct b) "
            "from raw.things group by 1, 2 order by 1"
        ) == [(load_id, name, rows, rows, 1) for load_id, name, rows, _ in loads]
        assert query(
            "select load_id, source_file, count(*) from raw._rejects group by 1, 2 order by 1"
        ) == [(load_id, name, rejects) for load_id, name, _, rejects in loads if rejects]
        assert len({name for _, name, *_ in loads}) == FILES


@contextmanager
def running_load(ingestion: Ingestion) -> Iterator[dict[str, psutil.Process]]:
    """The tap and the target at work."""
    environ = ingestion.warehouse.environ
    environment.load(environ)
    read, write = os.pipe()
    nothing = os.open(os.devnull, os.O_RDWR)
    fork = get_context("fork")
    children = {
        name: fork.Process(target=_run, args=(main, environ, config, stdin, stdout, nothing))
        for name, main, config, stdin, stdout in (
            ("tap", tap.main, ingestion.tap_config(), nothing, write),
            ("target", target.main, ingestion.write_target_config(), read, nothing),
        )
    }
    for child in children.values():
        child.start()
    for number in (read, write, nothing):
        os.close(number)
    try:
        yield {name: psutil.Process(child.pid) for name, child in children.items()}
    finally:
        for child in children.values():
            child.join(60)
            assert child.exitcode is not None


def _run(main: Callable[[], None], environ: dict[str, str], config: Path, *streams: int) -> None:
    os.environ.clear()
    os.environ.update(environ)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    # Else the target would keep open what the tap writes to, and never see its end.
    os.closerange(3, 1024)
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, "rww"[number]) for number in range(3))
    sys.argv = ["load", "--config", str(config)]
    main()


def find(
    victim: str, ingestion: Ingestion, load: dict[str, psutil.Process]
) -> psutil.Process | None:
    """The victim, if there is still something that it does."""
    if has_ended(load["target"]):
        return None
    if victim in load:
        return None if has_ended(load[victim]) else load[victim]
    if victim == "server":
        pid_file = ingestion.warehouse.home / "postgres" / "postmaster.pid"
        return psutil.Process(int(pid_file.read_text().split()[0]))
    sessions = ingestion.query(
        "select pid from pg_stat_activity where application_name = 'target-warehouse' "
        "order by state = 'active' desc, state_change desc"
    )
    return psutil.Process(sessions[0][0]) if sessions else None


def answers(ingestion: Ingestion) -> bool:
    try:
        return ingestion.query("select 1") == [(1,)]
    except psycopg2.OperationalError:
        return False


@pytest.mark.drill
def test_fifty_kills_lose_double_and_halve_nothing(ingestion: Ingestion) -> None:
    chance = random.Random(7)
    files = Files(ingestion)
    # How long a victim can be met: the tap has ended long before the load has.
    seconds = {}
    started = time.monotonic()
    with running_load(ingestion) as load:
        wait_for(lambda: has_ended(load["tap"]))
        seconds["tap"] = time.monotonic() - started
    whole = time.monotonic() - started
    assert files.are_loaded()
    interrupted = 0
    for victim in chance.sample(VICTIMS, KILLS):
        process = None
        # A load that has ended before its victim was chosen does not count.
        while process is None:
            if files.are_loaded():
                files.renew()
            with running_load(ingestion) as load:
                time.sleep(chance.uniform(0, seconds.get(victim, whole)))
                with suppress(psutil.NoSuchProcess):
                    if process := find(victim, ingestion, load):
                        kill(process)
                        if victim == "server":
                            ingestion.warehouse.run("warehouse", "up")
                        wait_for(lambda: answers(ingestion))
        files.check()
        interrupted += not files.are_loaded()
    # The moments were such that most kills left something to do.
    assert interrupted > KILLS / 3
    with running_load(ingestion):
        pass
    assert files.are_loaded()
    files.check()
