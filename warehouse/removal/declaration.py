"""Where the project tells of a source system, and the way back from it.

`warehouse new-source` wrote it there. It is taken back file by file, and what is gone already is
passed over, so whoever is stopped half-way runs it again.
"""

import shutil
from pathlib import Path

import yaml

from warehouse import environment
from warehouse.errors import UserError
from warehouse.ingest.sources import Source
from warehouse.new_source import project

# Source systems of the project's own: they stay declared.
SHIPPED = ("shop", "online_retail")

# Files that tell of other source systems as well.
_SHARED = (project.MELTANO, project.DBT, project.SEED)


def files(name: str) -> list[Path]:
    """The files of the project in which a source system is declared.

    Raises:
        UserError: One that tells of several source systems cannot be read.
    """
    root = environment.ROOT
    telling = [
        path
        for path in _SHARED
        if project.without_source(root, path, name) != (root / path).read_text(encoding="utf-8")
    ]
    # What others put into the folder of its models stays.
    folder = root / project.MODELS / name
    own = [*folder.glob(f"_{name}.yml"), *folder.glob(f"stg_{name}__*.sql")]
    return [*telling, *(path.relative_to(root) for path in sorted(own))]


def take_back(name: str) -> None:
    """Take a source system out of the project's files.

    Raises:
        UserError: One of them cannot be read or written.
    """
    root = environment.ROOT
    try:
        for path in files(name):
            if path in _SHARED:
                _replace(root / path, project.without_source(root, path, name))
            else:
                (root / path).unlink()
        folder = root / project.MODELS / name
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    except OSError as error:
        raise UserError(f"{error.filename} cannot be written: {error.strerror}") from None
    shutil.rmtree(environment.home() / "downloads" / name, ignore_errors=True)


def declared_names() -> list[str]:
    """The source systems that meltano.yml describes."""
    return sorted(project.known_sources(environment.ROOT))


def files_to_load(name: str) -> tuple[Path, int]:
    """The folder of a source system's files, and how many of them a load would take."""
    text = (environment.ROOT / project.MELTANO).read_text(encoding="utf-8")
    [config] = [
        source
        for source in yaml.safe_load(text)["plugins"]["extractors"][0]["config"]["sources"]
        if source["name"] == name
    ]
    source = Source.from_config(config)
    return source.folder, sum(len(stream.paths()) for stream in source.streams)


def _replace(path: Path, content: str) -> None:
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(content, encoding="utf-8")
    shutil.copymode(path, partial)
    partial.replace(path)
