"""Programs that outlive the command that starts them."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from warehouse.errors import UserError

_LOG_LIMIT_BYTES = 20_000_000


class Log:
    """The file that an engine's output goes to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._start = 0

    def open(self) -> int:
        """Return a descriptor to append with; a log that has grown large is put aside first."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            if self.path.stat().st_size > _LOG_LIMIT_BYTES:
                self.path.replace(self.path.with_suffix(".log.old"))
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._start = os.fstat(descriptor).st_size
        return descriptor

    def lines(self) -> list[str]:
        """The lines written since the last `open`."""
        with self.path.open("rb") as file:
            file.seek(self._start)
            return file.read().decode(errors="replace").splitlines()

    def last_line(self) -> str:
        """The last line written since the last `open`, which tells why a program ended."""
        written = [line for line in self.lines() if line.strip()]
        return written[-1].strip() if written else "it does not say why"


def spawn(
    command: Sequence[str | Path],
    log: Log,
    environ: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a program that is detached from the terminal and survives this process."""
    descriptor = log.open()
    try:
        return subprocess.Popen(
            command,
            env=environ,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=pass_fds,
        )
    finally:
        os.close(descriptor)


def find(word: str, variable: str, value: str) -> psutil.Process | None:
    """The first running program with a word in its command line and a value in its environment.

    It is looked for among all that run: a file with its process id could be out of date, or missing
    because the command that started it was killed before it wrote it.
    """
    for process in psutil.process_iter():
        try:
            if word in process.cmdline() and process.environ().get(variable) == value:
                return process
        except psutil.Error:
            continue
    return None


def stop(process: psutil.Process, steps: Sequence[tuple[signal.Signals, float]]) -> None:
    """Send a process one signal after the other until it has ended.

    Args:
        process: psutil knows it by its start time too: a reused process id is not signalled.
        steps: each signal, and how many seconds it is given.
    """
    for number, seconds in steps:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if has_ended(process):
                return
            time.sleep(0.02)
    raise UserError(f"the process {process.pid} ({process.name()}) does not end: stop it by hand")


def has_ended(process: psutil.Process) -> bool:
    """Whether a process does nothing any more, although it may not have been waited for yet.

    A container without an init process never does that.
    """
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
