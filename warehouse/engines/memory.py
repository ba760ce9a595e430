"""How much memory there is for an engine to use."""

import contextlib
import shutil
import sys
from pathlib import Path

import psutil

_CGROUP_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


def total() -> int:
    """The memory of the machine, or of the container if that has less, in bytes."""
    amounts = [psutil.virtual_memory().total]
    for path in _CGROUP_LIMITS:
        # Absent, or "max", where there is no limit.
        with contextlib.suppress(OSError, ValueError):
            amounts.append(int(path.read_text(encoding="ascii")))
    return min(amounts)


def shared() -> int | None:
    """How many bytes of POSIX shared memory the system lends; None where it does not say."""
    if sys.platform != "linux":
        return None
    try:
        return shutil.disk_usage("/dev/shm").total  # noqa: S108 (not a file of ours)
    except OSError:
        return 0
