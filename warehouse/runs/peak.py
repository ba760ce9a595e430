"""The most memory that this process has held, where Linux tells.

Source: proc(5), `/proc/self/clear_refs` and `VmHWM` in `/proc/self/status`.
"""

import re
from contextlib import suppress
from pathlib import Path

_RESET_PEAK = "5"


def forget() -> None:
    """Begin to count anew."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text(_RESET_PEAK, encoding="ascii")


def reached() -> int | None:
    """The most bytes since `forget`."""
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"))
    except OSError:
        return None
    return int(found[1]) * 1024 if found else None
