"""A disk that is full: which one, how much is left, and what to do."""

import errno
import shutil

from warehouse import environment, settings, terminal
from warehouse.errors import UserError

# An embedded engine cannot work with less: PostgreSQL's log alone grows by 16 MB at a time.
_LEAST_BYTES = 64_000_000
_LEAST_TO_BEGIN = 16_000_000

# As PostgreSQL, the system, ClickHouse, SQLite say it.
_SIGNS = ("No space left on device", "Disk quota exceeded", "NOT_ENOUGH_SPACE", "disk is full")
_NUMBERS = (errno.ENOSPC, errno.EDQUOT)

_NAMES = {"postgres": "PostgreSQL", "clickhouse": "ClickHouse", "greenplum": "Greenplum"}


class FullDiskError(UserError):
    """What has failed for want of space; its text says where."""


def says_full(error: object) -> bool:
    """Whether an error, or its text, is that of a full disk."""
    if isinstance(error, OSError) and error.errno in _NUMBERS:
        return True
    return any(sign in str(error) for sign in _SIGNS)


def explanation(error: object, engine: str = "postgres") -> str | None:
    """Why something has failed, if that is a full disk.

    Args:
        error: What has failed, or what it said.
        engine: The dbt target at which it did.

    Returns:
        One line that says which disk it is; None if it is none, as far as can be told.
    """
    full = says_full(error)
    name = f"{engine.upper()}_HOST"
    if name in environment.filled_in() or not full:
        # An embedded server that has ended for want of space only leaves its clients alone.
        return _here(full=full)
    host = getattr(settings, engine)().host
    return (
        f"the disk of the {_NAMES[engine]} server at {host} is full: make space there, and run "
        f"this again; nothing is lost"
    )


def require_space() -> None:
    """Refuse to begin where not even dbt's own files would find a place.

    Raises:
        FullDiskError: There is next to none.
    """
    if found := _here(full=False, least=_LEAST_TO_BEGIN):
        raise FullDiskError(found)


def _here(*, full: bool, least: int = _LEAST_BYTES) -> str | None:
    home = environment.home()
    place = home if home.exists() else home.parent
    try:
        left = shutil.disk_usage(place).free
    except OSError:
        return None
    if not full and left >= least:
        return None
    mount = next(path for path in (place.resolve(), *place.resolve().parents) if path.is_mount())
    return (
        f"the disk of {home} (mounted at {mount}) is full, with {terminal.size(left)} left: "
        f"make space there, run 'make up', then this again; nothing is lost"
    )
