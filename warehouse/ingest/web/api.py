"""Streams that an HTTP API serves: where their pages are, and what is on them."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from warehouse.errors import UserError
from warehouse.exact_json import Members
from warehouse.ingest.errors import RefusedFileError

# What a page may hold: CSV with a header, JSON-lines, or JSON with an array of records in it.
FORMATS = ("csv", "jsonl", "json")


@dataclass(frozen=True)
class Paging:
    """How one page leads to the next; with none of these there is one page.

    Attributes:
        parameter: The parameter of the query that tells the page: a number that grows, or what
            stands in `next_field`.
        start: Its value on the first page.
        step: How much it grows.
        link_header: Whether the next address is in the header Link, as rel="next".
        next_field: Path of the field in a JSON page that has the next address, or the next value
            of `parameter`.
    """

    parameter: str | None = None
    start: int = 1
    step: int = 1
    link_header: bool = False
    next_field: str | None = None

    def __post_init__(self) -> None:
        """Refuse what leads nowhere, or to no end."""
        if self.link_header and (self.parameter or self.next_field):
            raise UserError("pages in meltano.yml: link_header wants no other setting beside it")
        if self.step < 1:
            raise UserError("pages in meltano.yml: step must be 1 or more")

    @property
    def is_single(self) -> bool:
        """Whether there is one page alone."""
        return self == Paging()

    @property
    def is_counted(self) -> bool:
        """Whether pages have numbers, and the first one without a record is the last."""
        return self.parameter is not None and self.next_field is None

    def first(self, url: str) -> str:
        """The address of the first page."""
        return self._with_parameter(url, self.start) if self.is_counted else url

    def next(self, url: str, number: int, link: str | None, page: object) -> str | None:
        """The address of the page after a page; None if that is the last.

        Args:
            url: The page's address.
            number: Its number, from 1.
            link: Its header Link.
            page: Its content, if it is JSON.
        """
        if self.is_counted:
            return self._with_parameter(url, self.start + number * self.step)
        if self.link_header:
            found = _LINK_NEXT.search(link or "")
            return urljoin(url, found[1]) if found else None
        if self.next_field:
            value = at_path(page, self.next_field)
            if value is None or value == "" or value is False:
                return None
            if self.parameter:
                return self._with_parameter(url, value)
            return urljoin(url, str(value))
        return None

    def _with_parameter(self, url: str, value: object) -> str:
        parts = urlsplit(url)
        query = [
            (name, old) for name, old in parse_qsl(parts.query, True) if name != self.parameter
        ]
        query.append((str(self.parameter), str(value)))
        return urlunsplit(parts._replace(query=urlencode(query)))


_LINK_NEXT = re.compile(r"""<([^>]*)>[^,]*;\s*rel=(?:"[^"]*\bnext\b[^"]*"|next\b)""", re.IGNORECASE)


@dataclass(frozen=True)
class Api:
    """Where a stream's pages are served.

    Attributes:
        url: Address of the first page, http or https.
        format: What a page holds, one of `FORMATS`.
        records: Path of the array of records in a JSON page; empty if the page is the array.
        paging: How one page leads to the next.
        headers: Headers of the requests, each with the name of the environment variable that
            holds its value.
        retries: How often a page is asked for again.
    """

    url: str
    format: str
    records: str = ""
    paging: Paging = field(default_factory=Paging)
    headers: Mapping[str, str] = field(default_factory=dict)
    retries: int = 5

    @classmethod
    def from_config(cls, stream: Mapping[str, Any]) -> "Api":
        """Read a stream of meltano.yml that has a `url`.

        Raises:
            UserError: It cannot be what was meant.
        """
        name, url = stream["name"], stream["url"]
        try:
            parts = urlsplit(url)
            is_address = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            is_address = False
        if not is_address:
            raise UserError(f"url of {name} in meltano.yml is no http or https address")
        if parts.username or parts.password:
            raise UserError(
                f"url of {name} in meltano.yml holds a password: use headers, which names the "
                f"environment variable that holds it"
            )
        api = cls(
            url=url,
            format=stream.get("format", "csv"),
            records=stream.get("records", ""),
            paging=Paging(**stream.get("pages", {})),
            headers=stream.get("headers", {}),
            retries=stream.get("retries", cls.retries),
        )
        if api.format not in FORMATS:
            raise UserError(
                f"format of {name} in meltano.yml is {api.format!r}: a URL serves "
                f"{', '.join(FORMATS)}"
            )
        if api.format != "json" and (api.records or api.paging.next_field):
            raise UserError(
                f"{name} in meltano.yml looks for records or next_field in its pages: "
                f"that needs format: json"
            )
        return api

    def request_headers(self) -> dict[str, str]:
        """The headers, with their values from the environment.

        Raises:
            RefusedFileError: A variable is not set, or holds what no header can.
        """
        headers = {}
        for name, variable in self.headers.items():
            value = os.environ.get(variable, "").strip()
            if not value:
                raise RefusedFileError(f"{variable} is not set, and its header {name} needs it")
            # Checked here, as the complaint of a library would show the value.
            if not (value.isascii() and value.isprintable()):
                raise RefusedFileError(f"{variable} holds characters that no header can")
            headers[name] = value
        return headers


def at_path(value: Any, path: str) -> Any:
    """What stands in a JSON value below a path such as `meta.next`; None if there is nothing."""
    for key in filter(None, path.split(".")):
        value = dict(value).get(key) if isinstance(value, Members) else None
    return value
