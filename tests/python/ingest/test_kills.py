"""Fifty kills at random moments: no file is ever lost, doubled or half loaded."""

import random
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from ingest.ingestion import Ingestion
from ingest.victims import answers, find, running_load
from support import Warehouse, has_ended, kill, wait_for

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
