"""An HTTP server for the tests, which answers what they tell it to."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Answer:
    """What the server says to one request.

    Attributes:
        body: The page.
        status: Its status.
        headers: Headers beside the length.
        missing: Bytes of the body that are announced but not sent: the connection breaks.
    """

    body: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    missing: int = 0


@dataclass
class ApiServer:
    """Answers by path and query.

    Attributes:
        answers: For each path with its query, the answers in their order; the last is repeated.
        requests: The paths that were asked for, each with the header Authorization.
        port: Where it listens.
    """

    port: int
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    requests: list[tuple[str, str | None]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def asked(self, path: str) -> int:
        """How often a path was asked for."""
        return [asked for asked, _ in self.requests].count(path)


@contextmanager
def api_server() -> Iterator[ApiServer]:
    """A server on a free port."""
    http = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server = ApiServer(http.server_port)
    http.RequestHandlerClass = _handler(server)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def _handler(server: ApiServer) -> Callable[..., BaseHTTPRequestHandler]:
    given: dict[str, int] = defaultdict(int)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            server.requests.append((self.path, self.headers.get("Authorization")))
            answers = server.answers.get(self.path, [Answer(status=404)])
            answer = answers[min(given[self.path], len(answers) - 1)]
            given[self.path] += 1
            body = answer.body.encode()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body) + answer.missing))
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = answer.missing > 0

        def log_message(self, *arguments: object) -> None:
            """Stay silent."""

    return Handler
