"""What the tap tells the target about a file: an entry of a BATCH message's manifest."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import url2pathname

from singer_sdk.helpers._batch import BaseBatchFileEncoding

from warehouse.errors import UserError
from warehouse.ingest.sources import CSV, SALES, Content, Dialect


@dataclass(frozen=True)
class SourceFile:
    """A source's file, untouched where it lies, and the content it had when it was listed.

    Attributes:
        name: The name in the load log, such as `shop/sales_data/2024-01-31.csv`.
        path: Where it lies.
        size: Bytes.
        sha256: Hexadecimal digest of it as it lies.
        content_sha256: That of what is in it, where it is packed; else the same.
    """

    name: str
    path: Path
    size: int
    sha256: str
    content_sha256: str

    def to_uri(self) -> str:
        """The file's URI; the rest stands in the fragment, as in `…/x.csv#sha256=…`."""
        values = {"name": self.name, "size": self.size, "sha256": self.sha256}
        if self.content_sha256 != self.sha256:
            values["content_sha256"] = self.content_sha256
        rest = urlencode(values)
        return f"{self.path.as_uri()}#{rest}"

    @classmethod
    def from_uri(cls, uri: str) -> "SourceFile":
        """Read what `to_uri` wrote.

        Raises:
            UserError: The URI is none of a file, or lacks a part.
        """
        parts = urlsplit(uri)
        rest = {key: values[0] for key, values in parse_qs(parts.fragment).items()}
        if parts.scheme != "file" or not rest.keys() >= {"name", "size", "sha256"}:
            raise UserError(f"not an entry of a manifest of tap-files: {uri}")
        return cls(
            name=rest["name"],
            path=Path(url2pathname(parts.path)),
            size=int(rest["size"]),
            sha256=rest["sha256"],
            content_sha256=rest.get("content_sha256", rest["sha256"]),
        )


@dataclass(slots=True)
class FileEncoding(BaseBatchFileEncoding):
    """The encoding of a BATCH message of untouched files: their dialect, and what they hold."""

    format: str = CSV
    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    sheet: str | None = None
    rows: str = SALES
    customer: str | None = None
    has_line_ids: bool = True
    may_overlap: bool = False
    personal: Sequence[str] = ()
    are_messages: bool = False

    @property
    def content(self) -> Content:
        """What their lines are."""
        return Content(
            self.rows,
            self.customer,
            self.has_line_ids,
            self.may_overlap,
            tuple(self.personal),
            self.are_messages,
        )

    @property
    def dialect(self) -> Dialect:
        """How the files are written."""
        return Dialect(self.format, self.delimiter, self.quote, self.encoding, self.sheet)
