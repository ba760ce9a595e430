"""Stands between the road and a single ClickHouse, and makes statements ones that it runs.

Without ClickHouse Keeper a server knows neither ON CLUSTER nor replicated engines. These are taken
out on the way, and all statements are kept as dbt sent them. The rest of them (distributed and
local tables, the table function `cluster`) is run by the server, which is its own cluster, called
`default`.

Nor does the embedded engine know SQL users: what makes them it is given to parse, and no more.
"""

import http.client
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Rewrites = tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...]


def _only_parsed(found: re.Match[str]) -> str:
    return f"SELECT formatQuerySingleLine('{found[0].replace(chr(39), chr(92) + chr(39))}')"


ONLY_WITH_KEEPER: Rewrites = (
    (re.compile(r'ON CLUSTER "\w+"'), ""),
    (re.compile(r"\bReplicated(\w*MergeTree)"), r"\1"),
    (re.compile(r"SYSTEM SYNC REPLICA.*", re.DOTALL), "select 1"),
)
ONLY_WITH_USERS: Rewrites = (
    (
        re.compile(
            r"^(/\*.*?\*/)?\s*((create|alter|drop) (role|user)|grant) .*", re.DOTALL | re.IGNORECASE
        ),
        _only_parsed,
    ),
)
_OWN_HEADERS = {"connection", "content-length", "transfer-encoding"}


@dataclass
class Recorder:
    """Where the road is to connect, and what it has sent: SQL, and the settings of each request."""

    port: int = 0
    statements: list[str] = field(default_factory=list)
    settings: list[str] = field(default_factory=list)


@contextmanager
def rewriting(server_port: int, rewrites: Rewrites) -> Iterator[Recorder]:
    """Listen on a free port, and hand everything on to a ClickHouse on this machine."""
    recorder = Recorder()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._hand_on(b"")

        def do_POST(self) -> None:
            self._hand_on(self.rfile.read(int(self.headers["Content-Length"] or 0)))

        def log_message(self, *arguments: object) -> None:
            pass

        def _hand_on(self, body: bytes) -> None:
            statement = body.decode("utf-8", "replace")
            recorder.statements.append(statement)
            recorder.settings.append(self.path)
            for pattern, replacement in rewrites:
                statement = pattern.sub(replacement, statement)
            server = http.client.HTTPConnection("127.0.0.1", server_port, timeout=300)
            try:
                headers = {
                    name: value
                    for name, value in self.headers.items()
                    if name.lower() not in _OWN_HEADERS
                }
                server.request(self.command, self.path, statement.encode(), headers)
                self._answer(server.getresponse())
            finally:
                server.close()

        def _answer(self, response: http.client.HTTPResponse) -> None:
            content = response.read()
            self.send_response_only(response.status)
            for name, value in response.getheaders():
                if name.lower() not in _OWN_HEADERS:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    recorder.port = proxy.server_port
    thread = threading.Thread(target=proxy.serve_forever, daemon=True)
    thread.start()
    try:
        yield recorder
    finally:
        proxy.shutdown()
        proxy.server_close()
        thread.join()
