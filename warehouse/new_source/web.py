"""The first page of an HTTP API: what it holds, and where the next one is."""

import re
import tempfile
from collections.abc import Iterator, Mapping
from operator import itemgetter
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from warehouse import exact_json
from warehouse.errors import UserError
from warehouse.ingest.errors import RefusedFileError
from warehouse.ingest.web.api import Api, Paging, at_path
from warehouse.ingest.web.http import Client
from warehouse.new_source.sample import Sample, take_sample

# Fields of a page and parameters of an address that lead to the next page, as APIs call them.
_NEXT_FIELD = re.compile(r"(next|next_?(page|link|url|page_?url|href))", re.IGNORECASE)
_PAGE = ("page", "p", "page_number", "pagenumber")
_OFFSET = ("offset", "skip", "start", "from")
_SIZE = ("limit", "size", "per_page", "page_size", "pagesize", "count", "top")

# How deep in a page records and next addresses are looked for.
_DEPTH = 3


def look(url: str, headers: Mapping[str, str]) -> tuple[Sample, dict[str, object]]:
    """Fetch the first page of an API.

    Args:
        url: Its address.
        headers: The requests' headers, each with the name of an environment variable.

    Returns:
        What is on the page, and the settings with which the tap downloads all pages.

    Raises:
        UserError: There is no page, or nothing on it that can be a table.
    """
    if not url.startswith(("http://", "https://")):
        raise UserError(f"{url} is neither a pattern of files nor an http or https address")
    api = Api.from_config({"name": "the source", "url": url, "headers": headers})
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page"
        try:
            with page.open("w+b") as body:
                client = Client(url, api.request_headers(), api.retries)
                link = client.get(url, body)
            parsed = _json(page)
            records = _records(parsed)
        except RefusedFileError as error:
            raise UserError(f"{urlsplit(url).hostname}: {error}") from None
        if parsed is not None:
            rows = at_path(parsed, records)
            page.write_text("\n".join(map(exact_json.compact, rows)) + "\n", encoding="utf-8")
        sample = take_sample([page])
    # Meltano would take `$top` for a variable.
    settings: dict[str, object] = {"url": url.replace("$", "%24")}
    if parsed is not None:
        settings["format"] = "json"
        if records:
            settings["records"] = records
    if pages := _pages(url, link, parsed):
        settings["pages"] = pages
    if headers:
        settings["headers"] = dict(headers)
    return sample, settings


def _json(page: Path) -> Any:
    """A page as JSON; None if it is CSV or JSON-lines."""
    try:
        parsed = exact_json.parse(page.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return parsed if type(parsed) in (list, exact_json.Members) else None


def _records(parsed: Any) -> str:
    """The path of the records in a page, its longest array of objects; empty if it is the page."""
    if parsed is None:
        return ""
    arrays = [
        (len(value), path)
        for path, value in _within(parsed)
        if type(value) is list and value and all(type(v) is exact_json.Members for v in value)
    ]
    if not arrays:
        raise RefusedFileError("no array of objects is on the page")
    return max(arrays, key=itemgetter(0))[1]


def _pages(url: str, link: str | None, parsed: Any) -> dict[str, object] | None:
    """How a page leads to the next, as far as it can be told."""
    if link and Paging(link_header=True).next(url, 1, link, None):
        return {"link_header": True}
    for path, value in _within(parsed):
        name = path.rpartition(".")[2]
        is_address = value is None or (type(value) is str and re.search("[/?]", value))
        if _NEXT_FIELD.fullmatch(name) and is_address:
            return {"next_field": path}
    query = parse_qsl(urlsplit(url).query)
    numbers = [(name, int(value)) for name, value in query if value.isdecimal()]
    steps = [value for name, value in numbers if name.lower() in _SIZE]
    for name, start in numbers:
        if name.lower() in _PAGE:
            return {"parameter": name, "start": start}
        if name.lower() in _OFFSET and steps:
            return {"parameter": name, "start": start, "step": steps[0]}
    return None


def _within(value: Any, path: str = "", depth: int = _DEPTH) -> Iterator[tuple[str, Any]]:
    """A value and what is in it, if it is an object, down to some depth, each with its path."""
    yield path, value
    if isinstance(value, exact_json.Members) and depth:
        for key, item in value:
            yield from _within(item, f"{path}.{key}".lstrip("."), depth - 1)
