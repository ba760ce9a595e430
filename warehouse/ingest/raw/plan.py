"""What is to be done with the files of a stream: which are new, which are known by another name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from warehouse.ingest.errors import RefusedFileError
from warehouse.ingest.files.content import FileContent
from warehouse.ingest.raw.load_log import LoadedFile
from warehouse.ingest.singer.manifest import SourceFile
from warehouse.ingest.sources import Dialect


@dataclass(frozen=True)
class Task:
    """A file that is to be loaded.

    Attributes:
        file: The file.
        takes_over: The load of the same content under a name that is no longer this content's: the
            file has been renamed.
        keeps_identity: Whether the earlier load of the file's own name is its earlier version. It
            is not where that content goes on under another name.
    """

    file: SourceFile
    takes_over: LoadedFile | None = None
    keeps_identity: bool = True


@dataclass(frozen=True)
class Plan:
    """What is to be done.

    Attributes:
        tasks: The files to load, in the order of their names.
        copies: The names of files with the content of another one, which counts, and its name.
        unchanged: How many files are loaded already.
    """

    tasks: Sequence[Task]
    copies: Mapping[str, str] = field(default_factory=dict)
    unchanged: int = 0


def plan(
    files: Iterable[SourceFile],
    loaded: Mapping[str, LoadedFile],
    dialect: Dialect,
    *,
    of_sales: bool,
) -> Plan:
    """Compare the files that are there with those that are loaded.

    A known content under a new name whose old one is gone is a file that was renamed. Beside its
    old name it is a copy, and the first by name counts, in whatever order they came. Of lists of
    products and customers neither holds: one that is as it was a week ago is news again.

    Args:
        files: All files of the stream.
        loaded: The loaded files of the stream by name.
        dialect: How the files are written.
        of_sales: Whether the lines are sales.
    """
    files = sorted(files, key=lambda file: file.name)
    if not of_sales:
        tasks = [Task(file) for file in files if not _is_loaded(file, loaded)]
        return Plan(tasks, unchanged=len(files) - len(tasks))
    there = {file.name: file.content_sha256 for file in files}
    known = {each.content_sha256: each for each in loaded.values() if each.rows}
    counts: dict[str, str] = {}
    for file in files:
        counts.setdefault(file.content_sha256, file.name)
    tasks, copies = [], {}
    for file in files:
        first = counts[file.content_sha256]
        if first != file.name and _has_rows(file, known, dialect):
            copies[file.name] = first
            continue
        if _is_loaded(file, loaded):
            continue
        earlier = known.get(file.content_sha256)
        own = loaded.get(file.name)
        tasks.append(
            Task(
                file,
                takes_over=earlier if earlier and earlier.name != file.name else None,
                keeps_identity=own is None or own.content_sha256 not in there.values(),
            )
        )
    return Plan(tasks, copies, len(files) - len(tasks) - len(copies))


def _is_loaded(file: SourceFile, loaded: Mapping[str, LoadedFile]) -> bool:
    if file.name not in loaded:
        return False
    earlier = loaded[file.name]
    # Of a workbook another sheet may be asked for.
    return (earlier.sha256, earlier.content_sha256) == (file.sha256, file.content_sha256)


def _has_rows(file: SourceFile, known: Mapping[str, LoadedFile], dialect: Dialect) -> bool:
    """Whether a file has more than a header: files without sales are no copies of each other."""
    if file.content_sha256 in known:
        return True
    try:
        with file.path.open("rb", buffering=0) as content:
            return len(next(FileContent(content, dialect).chunks(), b"").splitlines()) > 1
    except (OSError, RefusedFileError):
        # It is told when it is loaded.
        return False
