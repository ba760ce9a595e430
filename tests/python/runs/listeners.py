"""A mail server and a web server that keep what they are sent."""

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

USER, PASSWORD = "ops", "mail-secret"


class Mailbox:
    """What a mail server was sent."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients.append(envelope.rcpt_tos)
        return "250 OK"


def _knows(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
    expected = LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=given == expected)


@contextmanager
def mail_server(folder: Path) -> Iterator[tuple[Mailbox, dict[str, str]]]:
    """A server that asks for STARTTLS and a password, and the settings to reach it."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    mailbox = Mailbox()
    with socket.create_server(("localhost", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(
        mailbox, hostname="localhost", port=port, tls_context=context, require_starttls=True,
        authenticator=_knows, auth_required=True,
    )  # fmt: skip
    server.start()
    try:
        yield (
            mailbox,
            {
                "WAREHOUSE_NOTIFY_EMAIL": "one@example.org, two@example.org",
                "WAREHOUSE_SMTP_HOST": "localhost",
                "WAREHOUSE_SMTP_PORT": str(port),
                "WAREHOUSE_SMTP_USER": USER,
                "WAREHOUSE_SMTP_PASSWORD": PASSWORD,
                "WAREHOUSE_SMTP_CA": str(folder / "authority.pem"),
            },
        )
    finally:
        server.stop()


class Hooks:
    """What a web server was sent, by path."""

    def __init__(self) -> None:
        self.status = 200
        self.tried: list[str] = []
        self.bodies: dict[str, list[Any]] = {"/slack/s3cret": [], "/hook/s3cret": []}


@contextmanager
def web_server() -> Iterator[tuple[Hooks, dict[str, str]]]:
    """A server that takes what is posted, and the settings to reach it."""
    hooks = Hooks()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hooks.tried.append(self.path)
            if hooks.status == 200:
                hooks.bodies[self.path].append(json.loads(body))
            self.send_response(hooks.status)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        yield (
            hooks,
            {
                "WAREHOUSE_NOTIFY_SLACK": f"{address}/slack/s3cret",
                "WAREHOUSE_NOTIFY_WEBHOOK": f"{address}/hook/s3cret",
            },
        )
    finally:
        server.shutdown()
