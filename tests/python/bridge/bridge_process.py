"""A bridge of its own for tests: started, asked and ended as its users do."""

import contextlib
import http.client
import signal
import socket
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import clickhouse_connect
import psutil
from support import clean_environment, wait_for

USER = "analyst"
PASSWORD = "päss:word'\""  # noqa: S105

# Whoever may only read, and what.
READER = "reporting"
READERS_PASSWORD = "anöther"  # noqa: S105
READABLE = "shown"

Body = bytes | str | Iterable[bytes]


@dataclass(frozen=True)
class Answer:
    """A response that has been read whole."""

    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def error(self) -> tuple[int, int]:
        """HTTP status and ClickHouse's code."""
        code = int(self.headers["X-ClickHouse-Exception-Code"])
        assert self.text.startswith(f"Code: {code}. DB::Exception: ")
        return self.status, code


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def basic(user: str = USER, password: str = PASSWORD) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}


@dataclass
class Bridge:
    """One bridge, and the folder that it works on."""

    data: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None

    @property
    def log(self) -> Path:
        return self.data.with_suffix(".log")

    @property
    def environ(self) -> dict[str, str]:
        settings = {
            "WAREHOUSE_BRIDGE_DATA": str(self.data),
            "CLICKHOUSE_PORT": str(self.port),
            "CLICKHOUSE_USER": USER,
            "CLICKHOUSE_PASSWORD": PASSWORD,
            "CLICKHOUSE_REPORTING_USER": READER,
            "CLICKHOUSE_REPORTING_PASSWORD": READERS_PASSWORD,
            "WAREHOUSE_BRIDGE_READS": READABLE,
            **self.settings,
        }
        return clean_environment(self.data, **settings)

    def launch(self) -> subprocess.Popen[str]:
        """Start the program and return at once."""
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "warehouse.bridge"], env=self.environ, stderr=log, text=True
            )
        return self.process

    def start(self) -> "Bridge":
        """Start the program and wait until it answers."""
        process = self.launch()
        wait_for(lambda: process.poll() is not None or self.answers())
        assert process.poll() is None, self.log.read_text()
        return self

    def answers(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.ask("GET", "/ping").body == b"Ok.\n"
        return False

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal, wait for the end and return the exit status."""
        assert self.process
        self.process.send_signal(number)
        return self.process.wait(60)

    def refusal(self) -> str:
        """Start a program that is to end at once, and return what it says."""
        done = subprocess.run(
            [sys.executable, "-m", "warehouse.bridge"],
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 1
        return done.stderr

    @property
    def memory(self) -> int:
        """Bytes that the program holds of the machine's memory."""
        assert self.process
        return int(psutil.Process(self.process.pid).memory_info().rss)

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def url(self, path: str = "/", **parameters: Any) -> str:
        return f"{path}?{urlencode(parameters)}" if parameters else path

    def open(
        self,
        method: str,
        path: str = "/",
        body: Body | None = None,
        headers: Mapping[str, str] | None = None,
        **parameters: Any,
    ) -> http.client.HTTPResponse:
        """Send a request and return the response before its body is read."""
        connection = self.connection()
        data = body.encode() if isinstance(body, str) else body
        connection.request(method, self.url(path, **parameters), data, dict(headers or {}))
        return connection.getresponse()

    def ask(
        self,
        method: str,
        path: str = "/",
        body: Body | None = None,
        headers: Mapping[str, str] | None = None,
        **parameters: Any,
    ) -> Answer:
        """Send a request and read the response."""
        with self.open(method, path, body, headers, **parameters) as response:
            return Answer(response.status, response.headers, response.read())

    def post(
        self, body: Body, *, headers: Mapping[str, str] | None = None, **parameters: Any
    ) -> Answer:
        """Send a query as its user does."""
        return self.ask("POST", "/", body, {**basic(), **(headers or {})}, **parameters)

    def query(self, sql: Body, **parameters: Any) -> str:
        """Run a query that is to succeed, and return its result."""
        answer = self.post(sql, **parameters)
        assert answer.status == 200, answer.text
        return answer.text

    def launch_query(
        self, sql: str, query_id: str = "launched", **parameters: Any
    ) -> "Future[str | None]":
        """Start a query and wait until it runs; its result is None if the connection ends first."""

        def ask() -> str | None:
            try:
                return self.post(sql, query_id=query_id, **parameters).text
            except (OSError, http.client.HTTPException):
                return None

        future: Future[str | None] = Future()
        threading.Thread(target=lambda: future.set_result(ask()), daemon=True).start()
        wait_for(lambda: future.done() or query_id in self.running())
        return future

    def client(self, **arguments: Any) -> Any:
        """Return a clickhouse-connect client."""
        return clickhouse_connect.get_client(
            host="127.0.0.1", port=self.port, username=USER, password=PASSWORD, **arguments
        )

    def running(self) -> list[str]:
        """The queries that are running, by the ids that clients gave them."""
        query_id = "substringIndex(Settings['log_comment'], ' ', -1)"
        return self.query(f"SELECT {query_id} FROM system.processes").splitlines()


@contextlib.contextmanager
def bridge(folder: Path, **settings: str) -> Iterator[Bridge]:
    """A bridge that runs, and is ended in the end."""
    made = Bridge(folder / "clickhouse", settings)
    try:
        yield made.start()
    finally:
        if made.process and made.process.poll() is None:
            made.end(signal.SIGKILL)
