"""A schema registry for tests, in a process of its own: it knows schemas by their numbers.

As a program it prints its address, and serves the schemas of its first argument, the JSON of an
object: of each number the answer of a registry.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

LOGIN = "warehouse:s3cret"


@contextmanager
def registry(schemas: Mapping[int, Mapping[str, Any]]) -> Iterator[str]:
    """Serve schemas; yields the address."""
    answers = {
        f"/schemas/ids/{number}": {"schema": json.dumps(schema)}
        for number, schema in schemas.items()
    }
    process = subprocess.Popen(
        [sys.executable, __file__, json.dumps(answers)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()


def main() -> None:
    """Serve until it is ended."""
    import base64

    answers = json.loads(sys.argv[1])
    login = base64.b64encode(LOGIN.encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = answers.get(self.path.partition("?")[0])
            status, answer = 200, found
            if self.headers.get("Authorization") != f"Basic {login}":
                status, answer = 401, {"error_code": 401, "message": "Unauthorized"}
            elif found is None:
                status, answer = 404, {"error_code": 40403, "message": "Schema not found"}
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/vnd.schemaregistry.v1+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
