"""The source systems: which there are, which are active, and where their files lie."""

import codecs
import contextlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from warehouse import environment, project
from warehouse.errors import UserError
from warehouse.ingest.files.names import column_name
from warehouse.ingest.kafka.topic import MESSAGE, Topic
from warehouse.ingest.web.api import Api

ACTIVE = "WAREHOUSE_SOURCES"


# The formats of files: one record a line below a header, and one JSON object a line.
CSV = "csv"
JSON_LINES = "jsonl"


@dataclass(frozen=True)
class Dialect:
    """How a stream's files are written. The separator and the quote are one ASCII character each.

    The encoding is any of Python's codecs. `sheet` is that of the workbooks among them, where they
    have several.
    """

    format: str = CSV
    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    sheet: str | None = None

    def __post_init__(self) -> None:
        if self.format not in (CSV, JSON_LINES):
            raise UserError(
                f"format is {self.format!r} in meltano.yml: files are {CSV} or {JSON_LINES}"
            )
        for name, value in (("delimiter", self.delimiter), ("quote", self.quote)):
            if len(value) != 1 or not value.isascii() or value in "\r\n":
                raise UserError(
                    f"{name} is {value!r} in meltano.yml: it must be one ASCII character"
                )
        try:
            codecs.lookup(self.encoding)
        except LookupError:
            raise UserError(
                f"encoding is {self.encoding!r} in meltano.yml: Python knows no such codec"
            ) from None


# What a line of a stream is.
SALES = "sales"
CUSTOMERS = "customers"
# Sales, one of the dimensions, or exchange rates.
ROWS = (SALES, *(f"{dimension}s" for dimension in project.DIMENSIONS), "exchange_rates")

# For a stream whose lines name no customer, or have no number of their own.
NONE = "none"

# For a stream whose files may have lines of one another.
_ALLOWED = "allowed"


@dataclass(frozen=True)
class Content:
    """What the lines of a stream are.

    Attributes:
        rows: One of `ROWS`.
        customer: The column of the raw table that names a customer; None if none does.
        personal: Those of sales that tell more of that customer.
        are_messages: Whether they are messages of a topic: each came once, in its place.
        has_line_ids: Whether a line has a number of its own, or that of an order. Without, its
            file and its place in it are its number.
        may_overlap: Whether a file of lines without a number may have those of another one.
    """

    rows: str
    customer: str | None = None
    has_line_ids: bool = True
    may_overlap: bool = False
    personal: tuple[str, ...] = ()
    are_messages: bool = False

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "Content":
        """Read a stream's `rows`, `customer`, `personal`, `line_ids` and `overlap` in meltano.yml.

        Raises:
            UserError: One is missing or cannot be what was meant.
        """
        name, rows = config["name"], config.get("rows")
        if rows not in ROWS:
            raise UserError(
                f"{name} in meltano.yml does not say what its lines are: "
                f"add rows: with {', '.join(ROWS[:-1])} or {ROWS[-1]}"
            )
        customer = config.get("customer", None if rows in (SALES, CUSTOMERS) else NONE)
        columns = (*config["columns"], *config.get("optional", ()))
        if customer not in (NONE, *columns):
            raise UserError(
                f"{name} in meltano.yml does not say which column names a customer: "
                f"add customer: with one of its columns, or customer: {NONE}"
            )
        personal = config.get("personal", [])
        if unknown := [column for column in personal if column not in columns]:
            raise UserError(
                f"personal of {name} in meltano.yml has {', '.join(map(str, unknown))}: "
                f"list some of its columns"
            )
        if config.get("line_ids", NONE) != NONE:
            raise UserError(
                f"line_ids of {name} in meltano.yml is {config['line_ids']!r}: it can be {NONE} "
                f"alone, for sales without a number"
            )
        if config.get("overlap", _ALLOWED) != _ALLOWED:
            raise UserError(
                f"overlap of {name} in meltano.yml is {config['overlap']!r}: it can be {_ALLOWED} "
                f"alone, for files whose equal lines are sales of their own"
            )
        return cls(
            rows=rows,
            customer=None if customer == NONE else column_name(customer),
            has_line_ids="line_ids" not in config,
            may_overlap="overlap" in config or "topic" in config,
            personal=tuple(map(column_name, personal)),
            are_messages="topic" in config,
        )


_CONTENT_SETTINGS = ("rows", "customer", "personal", "line_ids", "overlap")
_API_SETTINGS = {
    *("name", "columns", "optional", "format", "delimiter", "quote", "encoding"),
    *("url", "records", "pages", "headers", "retries"),
    *_CONTENT_SETTINGS,
}
_TOPIC_SETTINGS = {
    *("name", "columns", "optional", "topic", "generation", "gaps", "format"),
    *_CONTENT_SETTINGS,
}
_FILE_SETTINGS = {
    "name",
    "files",
    "columns",
    "optional",
    *Dialect.__annotations__,
    *_CONTENT_SETTINGS,
}


@dataclass(frozen=True)
class SourceStream:
    """Files of one shape, which become one raw table of the same name.

    Attributes:
        name: Its name.
        folder: Where its files lie.
        files: A glob below the folder.
        columns: As they stand in the files.
        optional: Further ones, which not every file has.
        dialect: How the files are written.
        content: What their lines are.
        api: Where the stream's one file is downloaded from, if it is.
        topic: Whose messages its files are, if they are.
    """

    name: str
    folder: Path
    files: str
    columns: tuple[str, ...]
    dialect: Dialect
    content: Content
    api: Api | None = None
    topic: Topic | None = None
    optional: tuple[str, ...] = ()

    @classmethod
    def from_config(cls, config: Mapping[str, Any], source: str, folder: Path) -> "SourceStream":
        """Read a block of `streams` in meltano.yml.

        Raises:
            UserError: It cannot be what was meant.
        """
        name = config["name"]
        kind, settings = "files", _FILE_SETTINGS
        if "topic" in config:
            kind, settings = "a topic", _TOPIC_SETTINGS
        elif "url" in config:
            kind, settings = "a url", _API_SETTINGS
        if unknown := config.keys() - settings:
            raise UserError(
                f"{name} in meltano.yml has settings that a stream of {kind} does not know: "
                f"{', '.join(sorted(unknown))}"
            )
        if kind == "files" and "files" not in config:
            raise UserError(f"{name} in meltano.yml has neither files nor a url nor a topic")
        dialect = {key: config[key] for key in Dialect.__annotations__ if key in config}
        api = Api.from_config(config) if kind == "a url" else None
        topic = Topic.from_config(config) if kind == "a topic" else None
        files, optional = config.get("files", ""), tuple(config.get("optional", ()))
        if api:
            # Arrays of JSON pages are written down as JSON-lines.
            dialect["format"] = CSV if api.format == CSV else JSON_LINES
            folder, files = environment.home() / "downloads" / source, f"{name}.{dialect['format']}"
        if topic:
            dialect["format"] = JSON_LINES
            folder, files = environment.home() / "topics" / source, f"{name}/*/*/*.jsonl"
            optional += (MESSAGE,) if MESSAGE not in config["columns"] else ()
        return cls(
            name=name,
            folder=folder,
            files=files,
            columns=tuple(config["columns"]),
            dialect=Dialect(**dialect),
            content=Content.from_config(config),
            api=api,
            topic=topic,
            optional=optional,
        )

    def paths(self) -> list[Path]:
        """The files in the order of their names.

        Load ids are given in this order, so daily files whose names begin with the date are
        loaded day by day. Hidden files are not ready, or not meant for us.
        """
        found = self.folder.glob(self.files)
        taken = [path for path in found if path.is_file() and not self._is_hidden(path)]
        return sorted(taken, key=lambda path: path.relative_to(self.folder).as_posix())

    def _is_hidden(self, path: Path) -> bool:
        """Whether a part of its path begins with a dot, unless the pattern says so itself.

        Excel's own mark of a workbook that somebody has open is hidden, too.
        """
        if path.name.startswith("~$"):
            return True
        if any(part.startswith(".") for part in Path(self.files).parts):
            return False
        return any(part.startswith(".") for part in path.relative_to(self.folder).parts)


@dataclass(frozen=True)
class Source:
    """A source system: its streams, and the folder of those that lie in files."""

    name: str
    folder: Path
    streams: tuple[SourceStream, ...]

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "Source":
        """Read a block of `sources` in meltano.yml; `<NAME>_FILES` overrides its folder."""
        name = config["name"]
        folder = os.environ.get(f"{name.upper()}_FILES") or config["folder"]
        place = environment.ROOT / folder
        streams = tuple(
            SourceStream.from_config(stream, name, place) for stream in config["streams"]
        )
        return cls(name=name, folder=place, streams=streams)

    def file_name(self, stream: SourceStream, path: Path) -> str:
        """What the warehouse calls a file: the same wherever the stream's folder lies."""
        return f"{self.name}/{path.relative_to(stream.folder).as_posix()}"

    def require_files(self) -> None:
        """Refuse a source system that has no file at all.

        Raises:
            UserError: Nothing in the folder matches any stream.
        """
        if any(stream.api or stream.topic or stream.paths() for stream in self.streams):
            return
        patterns = ", ".join(stream.files for stream in self.streams)
        raise UserError(
            f"no files of the source system {self.name!r}: looked in {self.folder} for {patterns}; "
            f"put its files there or set {self.name.upper()}_FILES to their folder "
            f"('make sample' makes sample files of the shop)"
        )


def declared() -> list[Source]:
    """All source systems of meltano.yml, whether files are loaded from them or not.

    Raises:
        UserError: One of them cannot be what was meant.
    """
    project = yaml.safe_load((environment.ROOT / "meltano.yml").read_text(encoding="utf-8"))
    [tap] = [each for each in project["plugins"]["extractors"] if each["name"] == "tap-files"]
    return [Source.from_config(config) for config in tap["config"]["sources"]]


def active_names() -> list[str]:
    """The names in `WAREHOUSE_SOURCES`, which `environment.load` has brought into one form."""
    return os.environ.get(ACTIVE, environment.DEFAULT_SOURCES).split(",")


def readable(configs: Iterable[Mapping[str, Any]]) -> Iterator[Source]:
    """The source systems, active or not, whose description can be read."""
    for config in configs:
        with contextlib.suppress(UserError):
            yield Source.from_config(config)


def active(configs: Iterable[Mapping[str, Any]]) -> list[Source]:
    """The source systems that `WAREHOUSE_SOURCES` names.

    Raises:
        UserError: It names one that meltano.yml does not describe, or two of them have streams of
            the same name.
    """
    known = {config["name"]: config for config in configs}
    names = active_names()
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UserError(
            f"{ACTIVE} is {','.join(names)!r}: it must be a comma-separated list of "
            f"{', '.join(sorted(known))}"
        )
    sources = [Source.from_config(known[name]) for name in names]
    streams = [stream.name for source in sources for stream in source.streams]
    if repeated := sorted({name for name in streams if streams.count(name) > 1}):
        raise UserError(
            f"meltano.yml has more than one stream named {', '.join(repeated)}: "
            f"each becomes a table of its name, so give them different ones"
        )
    return sources
