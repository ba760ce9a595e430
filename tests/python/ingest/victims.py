"""Loads that are killed at random moments.

The tap and the target are forked from the test, which has imported them once: to start them as
programs fifty times over would take longer than all else.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import psutil
import psycopg2
from ingest.ingestion import Ingestion
from support import has_ended

from warehouse import environment
from warehouse.ingest.singer import tap, target


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
