"""The files of the project that tell of source systems, and what a new one changes in them."""

import csv
import io
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from warehouse.errors import UserError

MELTANO = Path("meltano.yml")
DBT = Path("dbt_project.yml")
SEED = Path("seeds/source_systems.csv")
RATES = Path("seeds/exchange_rates.csv")
MODELS = Path("models/staging")


def known_sources(root: Path) -> dict[str, list[str]]:
    """The source systems of meltano.yml, each with the names of its streams.

    Raises:
        UserError: meltano.yml cannot be read.
    """
    try:
        project = yaml.safe_load((root / MELTANO).read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        reason = str(error).replace("\n", " ")
        raise UserError(f"{MELTANO} is not YAML, mend it first: {reason}") from None
    sources = project["plugins"]["extractors"][0]["config"]["sources"]
    return {source["name"]: [stream["name"] for stream in source["streams"]] for source in sources}


def with_tap_block(root: Path, block: str) -> str:
    """meltano.yml with a further source system."""
    return _with_block(root / MELTANO, ["plugins", "extractors", 0, "config", "sources"], block)


def has_rates(root: Path) -> bool:
    """Whether exchange rates come from a source system, or are in the seed."""
    lines = (root / RATES).read_text(encoding="utf-8").splitlines()
    return len(lines) > 1 or any((root / MODELS).glob("*/stg_*__exchange_rates.sql"))


def with_seed_line(root: Path, line: Mapping[str, str]) -> str:
    """The seed with a line for a further source system."""
    text = (root / SEED).read_text(encoding="utf-8")
    columns = next(csv.reader([text.partition("\n")[0]]))
    added = io.StringIO()
    writer = csv.DictWriter(added, columns, extrasaction="ignore", lineterminator="\n")
    writer.writerow(dict(line))
    return text.rstrip("\n") + "\n" + added.getvalue()


def write_all(root: Path, changed: Mapping[Path, str]) -> None:
    """Write all files, or none.

    Args:
        root: The project.
        changed: The new content of each file, by its path in the project.

    Raises:
        UserError: They cannot be written; all is as it was.
    """
    before = {path: _content(root / path) for path in changed}
    try:
        for path, content in changed.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            _replace(root / path, content)
    except OSError as error:
        for path, earlier in before.items():
            _restore(root / path, earlier)
        raise UserError(f"{error.filename} cannot be written: {error.strerror}") from None


def _content(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _replace(path: Path, content: str) -> None:
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(content, encoding="utf-8")
    if path.exists():
        shutil.copymode(path, partial)
    partial.replace(path)


def _restore(path: Path, content: str | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
        if path.parent.exists() and not any(path.parent.iterdir()):
            path.parent.rmdir()
    else:
        path.write_text(content, encoding="utf-8")


def _with_block(file: Path, place: list[str | int], block: str) -> str:
    """A YAML file with a block behind the last line of the node at `place`; comments stay."""
    text = file.read_text(encoding="utf-8")
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    for key in place:
        node = _child(node, key)
    lines = text.splitlines(keepends=True)
    lines.insert(_last_line(node) + 1, block)
    return "".join(lines)


def _child(node: Any, key: str | int) -> Any:
    if isinstance(key, int):
        return node.value[key]
    return next(value for name, value in node.value if name.value == key)


def _last_line(node: Any) -> int:
    """The line, from 0, in which a node ends; a block's own mark is where the next one begins."""
    if isinstance(node, yaml.ScalarNode) or node.flow_style:
        return int(node.end_mark.line)
    children = [
        child for item in node.value for child in (item if isinstance(item, tuple) else (item,))
    ]
    return max(map(_last_line, children))


def without_source(root: Path, path: Path, name: str) -> str:
    """A file of the project without what it says of a source system.

    Raises:
        UserError: It cannot be read.
    """
    text = (root / path).read_text(encoding="utf-8")
    if path == SEED:
        return "".join(
            line for line in text.splitlines(keepends=True) if not line.startswith(f"{name},")
        )
    try:
        node: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        reason = str(error).replace("\n", " ")
        raise UserError(f"{path} is not YAML, mend it first: {reason}") from None
    if path == MELTANO:
        for key in ("plugins", "extractors", 0, "config", "sources"):
            node = _child(node, key)
        spans = [(item, item) for item in node.value if _child(item, "name").value == name]
    else:
        for key in ("models", "warehouse", "staging"):
            node = _child(node, key)
        spans = [(key, value) for key, value in node.value if key.value == name]
    lines = text.splitlines(keepends=True)
    for first, last in reversed(spans):
        del lines[first.start_mark.line : _last_line(last) + 1]
    return "".join(lines)
