"""The files of the dbt project, by whose content one can tell that it is the same as before."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from warehouse import environment

# What the models are made of. Everything else in the checkout leaves the tables as they are.
_MODELS = ("dbt_project.yml", "selectors.yml", "macros", "models", "seeds", "snapshots")


def checksum(*besides: str) -> str:
    """Return a hash over the names and the content of what the models are made of.

    Args:
        besides: Further files and folders of the checkout that count.
    """
    digest = hashlib.sha256()
    for path in _files((*_MODELS, *besides)):
        digest.update(str(path.relative_to(environment.ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def fingerprint(*besides: str) -> str:
    """Return a hash over the same and over the settings that may change what is built.

    Passwords do not, nor does where the archive's open tables are.

    Args:
        besides: As of `checksum`.
    """
    settings = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(environment.PREFIXES)
        and not name.startswith("PYICEBERG_")
        and not name.endswith("PASSWORD")
    }
    made_of = (checksum(*besides), sorted(settings.items()))
    return hashlib.sha256(repr(made_of).encode()).hexdigest()


def _files(parts: tuple[str, ...]) -> Iterator[Path]:
    for part in parts:
        path = environment.ROOT / part
        yield from sorted(found for found in (path, *path.rglob("*")) if found.is_file())
