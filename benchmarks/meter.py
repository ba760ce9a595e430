"""What some work takes: time, processors and memory, of its programs and of the engines."""

import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import psutil

_SECONDS_BETWEEN_LOOKS = 0.2
# To read the memory of all processes takes the longer the more they have: a tenth of a second for
# engines of some gigabytes. So that it is not itself measured, the pause is so many times as long.
_PAUSE = 40


@dataclass
class Usage:
    """What some work took.

    Attributes:
        seconds: By the clock on the wall.
        cpu_seconds: Of processors, by the programs that were run and by the engines.
        memory: The largest memory of each program that was seen, in bytes; what several
            processes share is counted once (proportional set size).
        peak: The largest memory of all of them at one moment, in bytes.
    """

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    memory: Counter[str] = field(default_factory=Counter)
    peak: int = 0

    def __add__(self, later: "Usage") -> "Usage":
        """What both took, one after the other."""
        return Usage(
            self.seconds + later.seconds,
            self.cpu_seconds + later.cpu_seconds,
            self.memory | later.memory,
            max(self.peak, later.peak),
        )


class Meter:
    """Looks at the children of this process, and at the engines of a warehouse, for a while."""

    def __init__(self, home: Path) -> None:
        self.usage = Usage()
        self._this = psutil.Process()
        self._engines = [
            process
            for process in psutil.process_iter()
            if process.pid != self._this.pid and _works_in(home, process)
        ]
        self._stop = threading.Event()
        self._watch = threading.Thread(target=self._look_until_stopped)

    def __enter__(self) -> Self:
        """Begin."""
        self._cpu = self._cpu_seconds()
        self._started = time.monotonic()
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End, and add up."""
        self.usage.seconds = time.monotonic() - self._started
        self.usage.cpu_seconds = self._cpu_seconds() - self._cpu
        self._stop.set()
        self._watch.join()

    def _cpu_seconds(self) -> float:
        """Of all children that have ended, and of the engines with all their children."""
        ended = self._this.cpu_times()
        seconds = ended.children_user + ended.children_system
        for engine in self._engines:
            for process in _family(engine):
                with suppress(psutil.NoSuchProcess):
                    seconds += sum(process.cpu_times()[:4])
        return seconds

    def _look_until_stopped(self) -> None:
        pause = _SECONDS_BETWEEN_LOOKS
        while not self._stop.wait(pause):
            began = time.monotonic()
            now: Counter[str] = Counter()
            for root in (*self._this.children(), *self._engines):
                for process in _family(root):
                    with suppress(psutil.NoSuchProcess):
                        now[_name(process)] += process.memory_full_info().pss
            self.usage.memory |= now
            self.usage.peak = max(self.usage.peak, now.total())
            pause = max(_SECONDS_BETWEEN_LOOKS, _PAUSE * (time.monotonic() - began))


def _family(process: psutil.Process) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        return [process, *process.children(recursive=True)]
    return []


def _works_in(home: Path, process: psutil.Process) -> bool:
    """Tell whether a process is an engine of the warehouse in this folder, or belongs to one."""
    with suppress(psutil.Error):
        named = " ".join(process.cmdline())
        return str(home) in named or process.environ().get("WAREHOUSE_HOME") == str(home)
    return False


def _command(process: psutil.Process) -> list[str]:
    with suppress(psutil.Error):
        return process.cmdline()
    return []


def _name(process: psutil.Process) -> str:
    """The name of the program, or of the Python module, as a person would call it."""
    command = _command(process)
    if any("warehouse.bridge" in word for word in command[:4]):
        return "clickhouse"
    if "-m" in command[:3]:
        return command[command.index("-m") + 1]
    return process.name()
