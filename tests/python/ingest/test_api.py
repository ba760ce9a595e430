"""Streams that an HTTP API serves, page by page, from a server that is not always well."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ingest.api_server import Answer, ApiServer, api_server
from ingest.ingestion import SALES, Ingestion

from warehouse.errors import UserError
from warehouse.ingest import sources

AUTHORIZATION = "Bearer s3cr3t"

JSON = {"format": "json", "columns": ["id", "price"], **SALES}
CSV = {"format": "csv", "columns": ["id", "price"], **SALES}


def page(*ids: int, **beside: object) -> Answer:
    """A JSON page of records, and what stands beside them."""
    records = ", ".join(f'{{"id": {number}, "price": {number}.10}}' for number in ids)
    return Answer(f'{{"data": [{records}], "meta": {json.dumps(beside)}}}')


@pytest.fixture
def site() -> Iterator[ApiServer]:
    with api_server() as site:
        yield site


@pytest.fixture
def api(new_ingestion: Callable[[str], Ingestion], site: ApiServer, tmp_path: Path) -> Ingestion:
    """An ingestion of what the server has, with a folder of its own for downloads."""
    ingestion = new_ingestion("ingest_api")
    ingestion.move_to(tmp_path / "home", API_AUTHORIZATION=AUTHORIZATION, NO_PROXY="*")
    return ingestion


def stream(site: ApiServer, name: str, kind: dict[str, Any], **settings: Any) -> dict[str, Any]:
    return {**kind, "name": name, "url": f"{site.url}/{name}", **settings}


def load(api: Ingestion) -> tuple[int, str]:
    """Run the tap and, whatever it says, the target; the tap's exit code and what both said."""
    extracted = api.extract(check=False)
    messages = api.scratch / "messages.jsonl"
    messages.write_text(extracted.stdout)
    loaded = api.load(messages)
    return extracted.returncode, extracted.stderr + loaded.stderr


def ids(api: Ingestion, table: str) -> list[str]:
    return [found for (found,) in api.query(f"select id from raw.{table} order by id")]


def test_every_kind_of_paging_brings_all_pages(api: Ingestion, site: ApiServer) -> None:
    site.answers = {
        "/counted?size=2&page=0": [page(1, 2)],
        "/counted?size=2&page=1": [page(3, 4)],
        "/counted?size=2&page=2": [page()],
        "/offset?from=0": [Answer("id,price\n1,1.10\n2,2.20\n")],
        "/offset?from=2": [Answer("id,price\n3,3.30")],
        "/offset?from=4": [Answer("id,price\n")],
        "/linked": [
            Answer('{"id": 1, "price": 1}\n', headers={"Link": '</linked?p=2>; rel="next"'})
        ],
        "/linked?p=2": [
            Answer(
                '{"id": 2, "price": 2}',
                headers={"Link": '</linked>; rel="prev", </linked?p=3>; title="x"; rel=next'},
            )
        ],
        "/linked?p=3": [Answer('{"id": 3, "price": 3}', headers={"Link": '</>; rel="first"'})],
        "/field": [page(1, next="/field?after=1")],
        "/field?after=1": [page(2, next=None)],
        "/cursor": [page(1, next="a b&c")],
        "/cursor?cursor=a+b%26c": [page(2)],
        "/single": [Answer('[{"id": 1, "price": 1.10},\n {"id": 2, "price": {"eur": 2.20}}]')],
    }
    api.streams = [
        stream(
            site,
            "counted",
            JSON,
            url=f"{site.url}/counted?size=2",
            records="data",
            pages={"parameter": "page", "start": 0},
        ),
        stream(site, "offset", CSV, pages={"parameter": "from", "start": 0, "step": 2}),
        stream(site, "linked", CSV, format="jsonl", pages={"link_header": True}),
        stream(site, "field", JSON, records="data", pages={"next_field": "meta.next"}),
        stream(
            site,
            "cursor",
            JSON,
            records="data",
            pages={"next_field": "meta.next", "parameter": "cursor"},
        ),
        stream(site, "single", JSON),
    ]
    code, told = load(api)
    assert code == 0, told
    assert ids(api, "counted") == ["1", "2", "3", "4"]
    assert api.query("select price from raw.counted where id = '3'") == [("3.10",)]
    assert ids(api, "offset") == ids(api, "linked") == ["1", "2", "3"]
    assert ids(api, "field") == ids(api, "cursor") == ["1", "2"]
    assert api.query("select price from raw.single order by 1") == [("1.10",), ('{"eur":2.20}',)]
    assert api.query("select source_file, lines_read from raw._loads order by stream limit 1") == [
        ("lab/counted.jsonl", 4)
    ]


def test_a_server_that_is_busy_or_gone_is_asked_again(api: Ingestion, site: ApiServer) -> None:
    body = page(2).body
    site.answers = {
        "/things?page=1": [Answer(status=503), page(1)],
        "/things?page=2": [
            Answer(status=429, headers={"Retry-After": "0"}),
            Answer(body[:20], missing=20),
            Answer(missing=1),
            Answer(body),
        ],
        "/things?page=3": [Answer(status=500), page()],
    }
    pages = {"parameter": "page"}
    headers = {"Authorization": "API_AUTHORIZATION"}
    api.streams = [stream(site, "things", JSON, records="data", pages=pages, headers=headers)]
    code, told = load(api)
    assert code == 0, told
    assert ids(api, "things") == ["1", "2"]
    assert site.asked("/things?page=2") == 4
    assert {authorization for _, authorization in site.requests} == {AUTHORIZATION}
    assert "s3cr3t" not in told
    written = [path for path in api.scratch.rglob("*") if path.is_file()]
    assert [path for path in written if b"s3cr3t" in path.read_bytes()] == []


def test_what_fails_is_told_and_keeps_nothing_else_out(api: Ingestion, site: ApiServer) -> None:
    away = "http://localhost:1"
    site.answers = {
        "/good": [Answer("id,price\n1,2\n")],
        "/broken?page=1": [page(1)],
        "/broken?page=2": [Answer(status=500)],
        "/cut": [Answer("id,price\n1,2", missing=5)],
        "/same?page=1": [page(1)],
        "/same?page=2": [page(1)],
        "/circle": [page(1, next="/circle?p=2")],
        "/circle?p=2": [page(2, next="/circle")],
        "/away": [page(1, next=f"{away}/away?token=t0ken")],
        "/nonsense": [page(1, next="http://[x")],
        "/html": [Answer("<html>")],
        "/nowhere": [page(1)],
        "/other?page=1": [Answer("id,price\n1,2\n")],
        "/other?page=2": [Answer("id,cost\n1,2\n")],
    }
    counted = {"parameter": "page"}
    by_field = {"next_field": "meta.next"}
    streams: dict[str, dict[str, Any]] = {
        "broken": {**JSON, "records": "data", "pages": counted, "retries": 1},
        "cut": {**CSV, "retries": 1},
        "missing": CSV,
        "same": {**JSON, "records": "data", "pages": counted},
        "circle": {**JSON, "records": "data", "pages": by_field},
        "away": {**JSON, "records": "data", "pages": by_field},
        "nonsense": {**JSON, "records": "data", "pages": by_field},
        "html": JSON,
        "nowhere": {**JSON, "records": "data.items"},
        "other": {**CSV, "pages": counted},
        "unset": {**CSV, "headers": {"Authorization": "API_NOT_SET"}},
        "gone": {**CSV, "url": f"{away}/gone?token=t0ken", "retries": 0},
    }
    api.streams = [
        *(stream(site, name, {}, **settings) for name, settings in streams.items()),
        stream(site, "good", CSV),
    ]
    code, told = load(api)
    assert code == 1
    for reason in (
        "broken is not downloaded: page 2: the server keeps answering: too many 500",
        "cut is not downloaded: page 1: no answer: Connection broken: IncompleteRead(12 bytes",
        "missing is not downloaded: page 1: the server answers 404",
        "same is not downloaded: page 2: it is the same as the page before",
        "circle is not downloaded: page 2: the next one was there before",
        "away is not downloaded: page 2: it leads to another server, localhost",
        "nonsense is not downloaded: page 1: the next one has no address",
        "html is not downloaded: page 1: it is not JSON: Expecting value at character 1",
        "nowhere is not downloaded: page 1: there is no array of records at 'data.items'",
        "other is not downloaded: page 2: its header is not that of the first page",
        "unset is not downloaded: API_NOT_SET is not set, and its header Authorization needs it",
        "gone is not downloaded: page 1: no answer: Failed to establish a new connection",
        "not all could be fetched (see above); what could be is loaded",
    ):
        assert reason in told
    assert "Traceback" not in told
    assert "t0ken" not in told
    assert ids(api, "good") == ["1"]
    assert api.query("select stream from raw._loads") == [("good",)]


def test_an_earlier_download_stays_until_there_is_another(api: Ingestion, site: ApiServer) -> None:
    api.streams = [stream(site, "things", JSON, records="data", retries=0)]
    site.answers = {"/things": [page(1, 2)]}
    load(api)
    file = Path(api.warehouse.setting("WAREHOUSE_HOME")) / "downloads" / "lab" / "things.jsonl"
    first = file.stat()
    # Written otherwise, but with the same records.
    site.answers = {"/things": [Answer(f" {page(1, 2).body} ")]}
    _, told = load(api)
    assert "1 seen, 0 loaded, 1 unchanged" in told
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == (first.st_mtime_ns, first.st_ino)
    site.answers = {"/things": [Answer(status=500)]}
    code, _ = load(api)
    assert code == 1
    assert ids(api, "things") == ["1", "2"]
    assert list(file.parent.glob(".*.partial")) == []
    site.answers = {"/things": [page(2, 3)]}
    load(api)
    assert ids(api, "things") == ["2", "3"]
    assert api.query("select status from raw._loads order by load_id") == [
        ("replaced",),
        ("loaded",),
    ]


def test_a_secret_goes_to_its_own_server_alone(api: Ingestion, site: ApiServer) -> None:
    api.streams = [stream(site, "things", CSV, headers={"Authorization": "API_AUTHORIZATION"})]
    with api_server() as other:
        other.answers = {"/": [Answer("id,price\n1,2\n")]}
        site.answers = {"/things": [Answer(status=302, headers={"Location": other.url})]}
        load(api)
        assert other.requests == [("/", None)]
    assert site.requests == [("/things", AUTHORIZATION)]
    assert ids(api, "things") == ["1"]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"url": "http://[x"}, "url of x in meltano.yml is no http or https address"),
        ({"url": "http://x:99999"}, "url of x in meltano.yml is no http or https address"),
        ({"url": "file:///etc/passwd"}, "url of x in meltano.yml is no http or https address"),
        ({"url": "https://me:pw@example.org"}, "url of x in meltano.yml holds a password"),
        ({"url": "https://example.org", "format": "xml"}, "a URL serves csv, jsonl, json"),
        ({"url": "https://example.org", "files": "*.csv"}, "does not know: files"),
        ({"files": "*.csv", "seperator": ";"}, "does not know: seperator"),
        ({"files": "*.csv", "format": "xml"}, "format is 'xml' in meltano.yml: files are csv or"),
        ({"url": "https://example.org", "pages": {"step": 0}}, "step must be 1 or more"),
        ({}, "x in meltano.yml has neither files nor a url"),
    ],
)
def test_settings_that_cannot_be_meant_are_told(settings: dict[str, Any], told: str) -> None:
    source = {
        "name": "shop",
        "folder": "x",
        "streams": [{"name": "x", "columns": [], **SALES, **settings}],
    }
    with pytest.raises(UserError) as caught:
        sources.active([source])
    assert told in str(caught.value)
    assert ":pw" not in str(caught.value)
