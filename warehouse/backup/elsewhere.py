"""A second warehouse in this process: its folder and settings hold while a block lasts."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse import environment


@contextmanager
def warehouse_in(folder: Path, *without: str, **settings: str) -> Iterator[None]:
    """Have all commands work on the warehouse in another folder.

    Args:
        folder: The other warehouse's.
        without: Settings of the user's that do not hold there.
        settings: Others that do.
    """
    before = dict(os.environ)
    _replace({**environment.of_another(folder, *without), **settings})
    environment.load()
    try:
        yield
    finally:
        _replace(before)


def _replace(values: dict[str, str]) -> None:
    for name in os.environ.keys() - values.keys():
        del os.environ[name]
    os.environ.update(values)
