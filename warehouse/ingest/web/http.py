"""One page from an HTTP server, which may be slow, busy or gone for a moment."""

import logging
import shutil
from collections.abc import Mapping
from typing import IO
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3 import exceptions

from warehouse.ingest.errors import RefusedFileError

_CONNECT_SECONDS = 10.0
_READ_SECONDS = 60.0
_BACKOFF_FACTOR_SECONDS = 0.25
_MOST_SECONDS_TO_WAIT = 300

# The server is busy, or what stands behind it is.
_TRANSIENT = (429, 500, 502, 503, 504)

# It would log each retry with the whole address, which may hold what is nobody's business.
logging.getLogger("urllib3").setLevel(logging.ERROR)


class Client:
    """Asks one server for pages.

    A page is asked for again after a connection that could not be made or broke, a time-out, and
    the answers of a server that is busy; each time a little later, and not before the server's
    Retry-After.
    """

    def __init__(self, url: str, headers: Mapping[str, str], retries: int) -> None:
        """Prepare to ask the server of `url`; the headers are sent to no other one."""
        self._headers = headers
        self._origin = _origin(url)
        self._pool = _pool(url)
        self._retry = urllib3.Retry(
            total=retries,
            status_forcelist=_TRANSIENT,
            backoff_factor=_BACKOFF_FACTOR_SECONDS,
            backoff_jitter=_BACKOFF_FACTOR_SECONDS,
            retry_after_max=_MOST_SECONDS_TO_WAIT,
            remove_headers_on_redirect=headers.keys(),
        )

    def get(self, url: str, body: IO[bytes]) -> str | None:
        """Write a page into an empty file.

        Returns:
            Its header Link.

        Raises:
            RefusedFileError: The page is not to be had, or is another server's.
        """
        if _origin(url) != self._origin:
            raise RefusedFileError(f"it leads to another server, {urlsplit(url).hostname}")
        retry = self._retry
        while True:
            try:
                response = self._pool.request(
                    "GET", url, headers=self._headers, retries=retry, preload_content=False
                )
                with response:
                    if response.status not in (200, 204):
                        raise RefusedFileError(f"the server answers {response.status}")
                    retry = response.retries or retry
                    shutil.copyfileobj(response, body)
                    return response.headers.get("Link")
            except exceptions.HTTPError as error:
                body.seek(0)
                body.truncate()
                retry = _again(retry, url, error)


def _again(retry: urllib3.Retry, url: str, error: exceptions.HTTPError) -> urllib3.Retry:
    """What is left of the retries after an answer that broke off, having waited."""
    try:
        if isinstance(error, exceptions.MaxRetryError):
            raise error
        retry = retry.increment("GET", url, error=error)
    except exceptions.HTTPError as last:
        raise RefusedFileError(_reason(last)) from None
    retry.sleep()
    return retry


def _reason(error: exceptions.HTTPError) -> str:
    """Why a page is not to be had, without its address."""
    reason = error.reason if isinstance(error, exceptions.MaxRetryError) else error
    if isinstance(reason, exceptions.ResponseError):
        return f"the server keeps answering: {reason}"
    # Others may quote the address.
    if (
        isinstance(reason, exceptions.ProtocolError | exceptions.TimeoutError | exceptions.SSLError)
        and reason.args
    ):
        return f"no answer: {str(reason.args[0]).rpartition('): ')[2]}"
    return f"no answer: {type(reason).__name__}"


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _pool(url: str) -> urllib3.PoolManager:
    timeout = urllib3.Timeout(connect=_CONNECT_SECONDS, read=_READ_SECONDS)
    parts = urlsplit(url)
    proxy = getproxies().get(parts.scheme)
    if proxy and not proxy_bypass(parts.hostname or ""):
        return urllib3.ProxyManager(proxy, timeout=timeout)
    return urllib3.PoolManager(timeout=timeout)
