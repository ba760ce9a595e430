"""Where messages go: each channel is there if a setting names it, and none is by default."""

import os
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage

from warehouse import environment, terminal
from warehouse.errors import UserError
from warehouse.notify.message import Message

_TIMEOUT_SECONDS = 10
_TRIES = 3
_SECONDS_BETWEEN_TRIES = 2.0

Channel = tuple[str, Callable[[Message], None]]


def named() -> Iterator[Channel]:
    """The channels that settings name, each with what sends a message.

    Raises:
        UserError: A setting is missing or wrong.
    """
    if os.environ.get("WAREHOUSE_NOTIFY_EMAIL"):
        _check_mail_settings()
        yield "e-mail", _mail
    if os.environ.get("WAREHOUSE_NOTIFY_SLACK"):
        yield "Slack", _slack
    if os.environ.get("WAREHOUSE_NOTIFY_WEBHOOK"):
        yield "webhook", _webhook


def send(message: Message) -> list[str]:
    """Send a message by each channel; one that does not answer is tried again, then logged.

    Returns:
        The channels that failed, each with the reason: a channel never fails a run.
    """
    failed = []
    for name, deliver in named():
        if reason := _tried(deliver, message):
            failed.append(f"{name}: {reason}")
            terminal.warn(f"no message by {name}: {reason}")
            _log(f"{name}: {reason}: {message.subject}")
    return failed


def _tried(deliver: Callable[[Message], None], message: Message) -> str | None:
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(_SECONDS_BETWEEN_TRIES * attempt)
        try:
            deliver(message)
        # Whatever a server or a network can do wrong.
        except Exception as error:
            # Addresses of webhooks are secrets, and the libraries' messages may name them.
            reason = str(error).splitlines()[0] if isinstance(error, _Refused) else _kind(error)
        else:
            return None
    return reason


class _Refused(Exception):  # noqa: N818 (it is no error of this program)
    """The server answered, and does not take it."""


def _kind(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the mail server answered {error.smtp_code}"
    reason = getattr(error, "reason", error)
    return f"{type(reason).__name__} after {_TRIES} tries"


def _mail(message: Message) -> None:
    mail = EmailMessage()
    mail["Subject"] = message.subject
    mail["From"] = _setting("WAREHOUSE_SMTP_FROM", _recipients()[0])
    mail["To"] = ", ".join(_recipients())
    mail.set_content(message.text)
    host, port, security = _setting("WAREHOUSE_SMTP_HOST"), _mail_port(), _mail_security()
    context = ssl.create_default_context(cafile=os.environ.get("WAREHOUSE_SMTP_CA") or None)
    server: smtplib.SMTP
    if security == "tls":
        server = smtplib.SMTP_SSL(host, port, timeout=_TIMEOUT_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=_TIMEOUT_SECONDS)
    with server:
        if security == "starttls":
            server.starttls(context=context)
        if user := _setting("WAREHOUSE_SMTP_USER"):
            server.login(user, _setting("WAREHOUSE_SMTP_PASSWORD"))
        server.send_message(mail)


def _slack(message: Message) -> None:
    _post(_setting("WAREHOUSE_NOTIFY_SLACK"), {"text": message.text})


def _webhook(message: Message) -> None:
    _post(_setting("WAREHOUSE_NOTIFY_WEBHOOK"), message.json)


def _post(address: str, body: object) -> None:
    import urllib3

    answer = urllib3.request(
        "POST", address, json=body, timeout=_TIMEOUT_SECONDS, retries=False, redirect=False
    )
    if answer.status >= 300:
        raise _Refused(f"the server answered {answer.status}")


def _check_mail_settings() -> None:
    if not _setting("WAREHOUSE_SMTP_HOST"):
        raise UserError(
            "WAREHOUSE_NOTIFY_EMAIL names recipients, but WAREHOUSE_SMTP_HOST no mail server"
        )
    _mail_port()
    _mail_security()


def _recipients() -> list[str]:
    return [each.strip() for each in _setting("WAREHOUSE_NOTIFY_EMAIL").split(",") if each.strip()]


def _mail_security() -> str:
    chosen = _setting("WAREHOUSE_SMTP_SECURITY", "starttls")
    if chosen not in ("starttls", "tls", "none"):
        raise UserError(
            f"WAREHOUSE_SMTP_SECURITY is {chosen!r}: it is starttls, tls, "
            "or none on a network of yours"
        )
    return chosen


def _mail_port() -> int:
    usual = {"starttls": "587", "tls": "465", "none": "25"}[_mail_security()]
    port = _setting("WAREHOUSE_SMTP_PORT", usual)
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise UserError(f"WAREHOUSE_SMTP_PORT is {port!r}: set it to a port from 1 to 65535")
    return int(port)


def _setting(name: str, default: str = "") -> str:
    return os.environ.get(name) or default


def _log(line: str) -> None:
    path = environment.home() / "logs" / "notify.log"
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{datetime.now(UTC).isoformat(timespec='seconds')} {line}\n")
