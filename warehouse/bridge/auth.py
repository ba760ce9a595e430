"""Who may enter, told by any of the ways in which ClickHouse's clients tell it."""

import binascii
import hmac
from base64 import b64decode
from collections.abc import Mapping
from urllib.parse import urlsplit

from aiohttp import web

from warehouse.bridge.errors import ClickHouseError
from warehouse.bridge.settings import BridgeSettings, User

_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


def authenticate(
    settings: BridgeSettings, headers: Mapping[str, str], parameters: Mapping[str, str]
) -> User:
    """Return whose name and password the request gives.

    Raises:
        ClickHouseError: 516 if they are nobody's.
    """
    name, password = _credentials(headers, parameters)
    # All are compared, and in constant time, so that nothing can be learnt from the duration.
    found = [
        user
        for user in settings.users
        if hmac.compare_digest(name.encode(), user.name.encode())
        & hmac.compare_digest(password.encode(), user.password.encode())
    ]
    if not found:
        raise _failed(
            f"{name}: Authentication failed: password is incorrect, "
            "or there is no user with such name."
        )
    return found[0]


def _credentials(headers: Mapping[str, str], parameters: Mapping[str, str]) -> tuple[str, str]:
    in_headers = "X-ClickHouse-User" in headers or "X-ClickHouse-Key" in headers
    basic = headers.get("Authorization", "")
    in_parameters = "user" in parameters or "password" in parameters
    if in_headers + bool(basic) + in_parameters > 1:
        raise _failed(
            "Invalid authentication: it is not allowed to use the Authorization HTTP header, "
            "X-ClickHouse HTTP headers and URL parameters simultaneously"
        )
    if in_headers:
        user, password = headers.get("X-ClickHouse-User"), headers.get("X-ClickHouse-Key")
        return user or "default", password or ""
    if basic:
        return _basic(basic)
    return parameters.get("user") or "default", parameters.get("password", "")


def _basic(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise _failed(
            f"Invalid authentication: '{scheme}' HTTP Authorization scheme is not supported"
        )
    try:
        user, _, password = b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise _failed("Invalid authentication: cannot read the Authorization HTTP header") from None
    return user or "default", password


def _failed(message: str) -> ClickHouseError:
    return ClickHouseError(516, "AUTHENTICATION_FAILED", message)


def refuse_browsers(settings: BridgeSettings, request: web.Request) -> None:
    """Keep web pages from reaching the bridge through a browser on this machine.

    A page of another site is told by its Origin; one whose name was made to point to this machine
    by the name in Host.

    Raises:
        web.HTTPForbidden: If the request came so.
    """
    host = request.headers.get("Host", "")
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
        raise web.HTTPForbidden(text="Requests of other sites' pages are refused.\n")
    if settings.is_loopback and host:
        name = urlsplit(f"//{host}").hostname
        if name not in (*_LOOPBACK_NAMES, settings.listen):
            raise web.HTTPForbidden(text="This address is for programs of this machine alone.\n")
