"""What a request asks for: the query, its settings, and how its result is to come."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from warehouse.bridge.encodings import RESPONSE_ENCODINGS
from warehouse.bridge.errors import ClickHouseError
from warehouse.bridge.sessions import DEFAULT_TIMEOUT, MAX_TIMEOUT, SessionRequest
from warehouse.bridge.settings import User

# Everything else in the URL is a setting of the engine.
_RESERVED = frozenset(
    {
        "add_http_cors_header",
        "buffer_size",
        "client_protocol_version",
        "close_session",
        "compress",
        "database",
        "decompress",
        "default_format",
        "password",
        "query",
        "query_id",
        "quota_key",
        "role",
        "session_check",
        "session_id",
        "session_timeout",
        "stacktrace",
        "user",
        "wait_end_of_query",
    }
)
# These settings the bridge heeds, and not the engine.
_ABOUT_THE_RESPONSE = frozenset(
    {
        "enable_http_compression",
        "http_headers_progress_interval_ms",
        "send_progress_in_http_headers",
    }
)
_EXTERNAL_TABLE_SUFFIXES = ("_format", "_types", "_structure")
DEFAULT_MAX_QUERY_SIZE = 262144
_SETTING_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.$]*")


@dataclass(frozen=True)
class Query:
    """One request, without its body.

    Attributes:
        user: Who asks.
        id: The client's id of the query, or one made up.
        sql: SQL text in the URL; more may be in the body.
        is_readonly: Whether the request may only read: a reader's, those by GET, and those that ask
            for it.
        parameters: Values of `{name:Type}` in the SQL.
        encoding: What the response is to be compressed with.
        native_response: Send ClickHouse's compressed blocks.
        native_body: The body is such blocks.
        wait_end: Send nothing before the query has ended.
        progress_interval: Seconds between two progress headers, if they are wanted.
        log_comment: What tells the query from the others that run in the engine.
    """

    user: User
    id: str
    sql: bytes
    database: str | None
    default_format: str
    is_readonly: bool
    settings: Mapping[str, str]
    parameters: Mapping[str, str]
    role: str | None
    session: SessionRequest | None
    close_session: bool
    encoding: str | None
    native_response: bool
    native_body: bool
    wait_end: bool
    progress_interval: float | None
    max_query_size: int
    log_comment: str

    @property
    def timezone(self) -> str:
        """The zone in which times without one are meant."""
        return self.settings.get("session_timezone") or "UTC"


def read_query(
    user: User,
    method: str,
    headers: Mapping[str, str],
    parameters: Mapping[str, str],
    external_tables: frozenset[str] = frozenset(),
) -> Query:
    """Read a request's parameters and headers.

    Raises:
        ClickHouseError: If they contradict themselves, or are not for this user.
    """
    settings = {
        name: value
        for name, value in parameters.items()
        if name not in _RESERVED
        and not name.startswith("param_")
        and not _is_about_external_table(name, external_tables)
    }
    for name in parameters:
        if name not in _RESERVED and not _SETTING_NAME.fullmatch(name):
            raise ClickHouseError(115, "UNKNOWN_SETTING", f"Unknown setting '{name}'.")
    query_id = parameters.get("query_id") or str(uuid.uuid4())
    native_response = _flag(parameters, "compress")
    comment = settings.pop("log_comment", "")
    asks_to_read = method == "GET" or settings.pop("readonly", "0") not in ("", "0")
    if user.is_reader:
        _refuse_to_reader(settings, parameters, external_tables)
    return Query(
        user=user,
        id=query_id,
        sql=parameters.get("query", "").encode("utf-8", "surrogateescape"),
        database=parameters.get("database") or headers.get("X-ClickHouse-Database"),
        default_format=(
            parameters.get("default_format") or headers.get("X-ClickHouse-Format") or "TabSeparated"
        ),
        is_readonly=user.is_reader or asks_to_read,
        settings=settings,
        parameters={
            name.removeprefix("param_"): value
            for name, value in parameters.items()
            if name.startswith("param_")
        },
        role=parameters.get("role"),
        # A reader leaves nothing behind that a session would keep.
        session=None if user.is_reader else _read_session(parameters),
        close_session=_flag(parameters, "close_session"),
        encoding=None if native_response else _choose_encoding(headers, settings),
        native_response=native_response,
        native_body=_flag(parameters, "decompress"),
        wait_end=_flag(parameters, "wait_end_of_query"),
        progress_interval=_progress_interval(settings),
        max_query_size=_number(settings, "max_query_size", DEFAULT_MAX_QUERY_SIZE),
        # The engine knows neither its users' names nor clients' ids: the one stands in the comment
        # first, the other last.
        log_comment=" ".join(filter(None, (user.name, comment, query_id))),
    )


def _is_about_external_table(name: str, tables: frozenset[str]) -> bool:
    return any(
        name.endswith(suffix) and name.removesuffix(suffix) in tables
        for suffix in _EXTERNAL_TABLE_SUFFIXES
    )


def _refuse_to_reader(
    settings: Mapping[str, str],
    parameters: Mapping[str, str],
    external_tables: frozenset[str],
) -> None:
    for name in settings.keys() - _ABOUT_THE_RESPONSE:
        raise ClickHouseError(164, "READONLY", f"Cannot modify '{name}' setting in readonly mode.")
    if "role" in parameters:
        raise ClickHouseError(512, "SET_NON_GRANTED_ROLE", "Whoever only reads has no other role.")
    if external_tables:
        raise ClickHouseError(164, "READONLY", "External tables are not for whoever only reads.")


def _flag(parameters: Mapping[str, str], name: str) -> bool:
    return parameters.get(name, "").lower() in ("1", "true")


def _number(parameters: Mapping[str, str], name: str, default: int) -> int:
    value = parameters.get(name, "")
    return int(value) if value.isdecimal() else default


def _read_session(parameters: Mapping[str, str]) -> SessionRequest | None:
    session_id = parameters.get("session_id")
    if not session_id:
        return None
    text = parameters.get("session_timeout", str(DEFAULT_TIMEOUT))
    if not text.isdecimal():
        raise ClickHouseError(374, "INVALID_SESSION_TIMEOUT", f"Invalid session timeout: '{text}'")
    if int(text) > MAX_TIMEOUT:
        raise ClickHouseError(
            374,
            "INVALID_SESSION_TIMEOUT",
            f"Session timeout '{text}' is larger than max_session_timeout: {MAX_TIMEOUT}.",
        )
    return SessionRequest(session_id, int(text), _flag(parameters, "session_check"))


def _choose_encoding(headers: Mapping[str, str], settings: Mapping[str, str]) -> str | None:
    if not _flag(settings, "enable_http_compression"):
        return None
    accepted = {
        item.partition(";")[0].strip().lower()
        for item in headers.get("Accept-Encoding", "").split(",")
        if not item.replace(" ", "").endswith(";q=0")
    }
    return next((encoding for encoding in RESPONSE_ENCODINGS if encoding in accepted), None)


def _progress_interval(settings: Mapping[str, str]) -> float | None:
    if not _flag(settings, "send_progress_in_http_headers"):
        return None
    return max(_number(settings, "http_headers_progress_interval_ms", 100), 10) / 1000
