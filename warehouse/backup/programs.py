"""Which of the machine's pg_dump and pg_restore fit a server."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from warehouse.engines import postgres
from warehouse.errors import UserError

_DEBIAN = Path("/usr/lib/postgresql")
_GREENPLUM_SETTING = "WAREHOUSE_GREENPLUM_PROGRAMS"


def find(program: str, version: int, *, greenplum: bool = False) -> Path:
    """Find a program of the server's own version, else the next newer one.

    Args:
        program: pg_dump or pg_restore.
        version: That of the server's PostgreSQL, as `server_version_num` has it, in hundreds.
        greenplum: Whether it must be Greenplum's own: others know nothing of its segments.

    Raises:
        UserError: There is none.
    """
    found = {_version(path): path for path in _candidates(program, greenplum)}
    fitting = [at for at in sorted(found) if at == version or (at > version and not greenplum)]
    if fitting:
        return found[fitting[0]]
    if greenplum:
        raise UserError(
            f"there is no {program} of Greenplum's here: install its client tools, and set "
            f"{_GREENPLUM_SETTING} to the folder of its programs"
        )
    raise UserError(
        f"there is no {program} for PostgreSQL {version // 100}: install its client programs"
    )


def libraries(program: Path) -> dict[str, str]:
    """What a program of Greenplum's needs in its environment to find the libraries beside it."""
    beside = program.parent.parent / "lib"
    return {"LD_LIBRARY_PATH": str(beside)} if (beside / "libpq.so.5").exists() else {}


def _candidates(program: str, greenplum: bool) -> Iterator[Path]:
    if greenplum:
        folder = os.environ.get(_GREENPLUM_SETTING)
        if on_path := shutil.which(program, path=folder or os.environ.get("PATH")):
            yield Path(on_path)
        return
    yield from sorted(_DEBIAN.glob(f"*/bin/{program}"))
    if on_path := shutil.which(program):
        yield Path(on_path)
    yield postgres.programs() / program


def _version(path: Path) -> int:
    """As `server_version_num` has it, in hundreds: 1800 is 18, 904 is 9.4."""
    line = [str(path), "--version"]
    told = subprocess.run(
        line, env={**os.environ, **libraries(path)}, capture_output=True, text=True, check=False
    ).stdout
    numbers = re.search(r"(\d+)\.(\d+)", told)
    if numbers is None:
        return 0
    major, minor = int(numbers[1]), int(numbers[2])
    return major * 100 + (minor if major < 10 else 0)
