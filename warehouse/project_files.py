"""The files of the dbt project, by whose content one can tell that it is the same as before."""

import hashlib
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


def _files(parts: tuple[str, ...]) -> Iterator[Path]:
    for part in parts:
        path = environment.ROOT / part
        yield from sorted(found for found in (path, *path.rglob("*")) if found.is_file())
