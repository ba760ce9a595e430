"""Files that lie where a source's patterns look, and that no stream takes."""

import os
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from warehouse import environment
from warehouse.errors import UserError
from warehouse.ingest.sources import Source, SourceStream
from warehouse.sample.folder import MANIFEST

_WILDCARD = re.compile(r"[*?\[]")
_MOST_NAMES = 5


def remarks(source: Source, others: Sequence[Source] = ()) -> Iterator[str]:
    """One line for each folder in which something is passed over.

    Args:
        source: What it is that should be loaded.
        others: What other source systems take is not passed over.
    """
    streams = [stream for each in (source, *others) for stream in each.streams]
    taken = {path for stream in streams for path in stream.paths()}
    matching = {path for stream in streams for path in stream.folder.glob(stream.files)}
    for folder in _folders(source):
        found = sorted(_passed_over(folder, taken, matching, source.folder / MANIFEST))
        if found:
            what = "1 file is" if len(found) == 1 else f"{len(found):,} files are"
            names = ", ".join((*found[:_MOST_NAMES], *(["…"] if len(found) > _MOST_NAMES else [])))
            them = "it" if len(found) == 1 else "them"
            yield (
                f"{_for_people(folder)}: {what} not read as no stream's pattern matches {them}: "
                f"{names}"
            )


def refuse_shared_files(source: Source) -> None:
    """Refuse a source of which two streams take one file: it would be loaded twice.

    Of a workbook they may take a sheet each.

    Raises:
        UserError: There is such a file.
    """
    takers: dict[Path, list[SourceStream]] = defaultdict(list)
    for stream in source.streams:
        for path in stream.paths():
            takers[path].append(stream)
    shared = sorted(path for path, streams in takers.items() if _share_lines(streams))
    if shared:
        names = [stream.name for stream in takers[shared[0]]]
        raise UserError(
            f"{_for_people(shared[0])} is taken by the streams {' and '.join(names)} of "
            f"meltano.yml (files: {len(shared):,}): change their patterns so that each file is of "
            f"one stream"
        )


def _share_lines(streams: Sequence[SourceStream]) -> bool:
    sheets = [stream.dialect.sheet for stream in streams]
    return len(sheets) > 1 and (None in sheets or len(set(sheets)) < len(sheets))


def _folders(source: Source) -> list[Path]:
    """Where the patterns look: of folders within each other, the outer one."""
    folders = {_fixed_part(stream) for stream in source.streams if stream.folder == source.folder}
    return sorted(folder for folder in folders if not folders.intersection(folder.parents))


def _fixed_part(stream: SourceStream) -> Path:
    """The folders of a pattern before its first wildcard."""
    parts = Path(stream.files).parts[:-1]
    wild = next((n for n, part in enumerate(parts) if _WILDCARD.search(part)), len(parts))
    return stream.folder.joinpath(*parts[:wild])


def _passed_over(
    folder: Path, taken: set[Path], matching: set[Path], manifest: Path
) -> Iterator[str]:
    unreadable: list[str] = []

    def note(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            unreadable.append(f"{Path(error.filename).relative_to(folder)}/ (cannot be read)")

    above = {parent for path in taken for parent in path.parents}
    for parent, folders, names in os.walk(folder, onerror=note):
        # Programs keep what is none of our business in hidden folders.
        folders[:] = [name for name in folders if not name.startswith(".")]
        here = Path(parent)
        for name in folders:
            if (here / name).is_symlink() and here / name not in above:
                yield f"{(here / name).relative_to(folder)}/ (a link to a folder)"
        for name in names:
            path = here / name
            # A hidden file is told if nothing but the dot keeps it out.
            if path in taken or path == manifest or (name.startswith(".") and path not in matching):
                continue
            yield f"{path.relative_to(folder)}{_why(path)}"
    yield from unreadable


def _why(path: Path) -> str:
    if path.name.startswith("."):
        return " (hidden)"
    if path.is_symlink() and not path.exists():
        return " (a link that leads nowhere)"
    return ""


def _for_people(path: Path) -> Path:
    """Relative to the project, if it lies in it."""
    return path.relative_to(environment.ROOT) if path.is_relative_to(environment.ROOT) else path
