"""Sessions: handles on the engine that outlive their request, found by `session_id`."""

import asyncio
from dataclasses import dataclass

from warehouse.bridge.engine import Engine, Handle
from warehouse.bridge.errors import ClickHouseError

DEFAULT_TIMEOUT = 60
MAX_TIMEOUT = 3600


@dataclass(frozen=True)
class SessionRequest:
    """What a request says of its session.

    Attributes:
        id: The name that the client chose.
        timeout: Seconds that the session lives on without a request.
        must_exist: Refuse the request rather than begin a session.
    """

    id: str
    timeout: int = DEFAULT_TIMEOUT
    must_exist: bool = False


@dataclass
class Session:
    """One handle, and whether a request is using it."""

    handle: Handle
    is_busy: bool = True
    expiry: asyncio.TimerHandle | None = None


class Sessions:
    """All sessions of the bridge."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._sessions: dict[str, Session] = {}

    def acquire(self, request: SessionRequest) -> Session:
        """Take a session for one request, beginning it if it is new.

        Raises:
            ClickHouseError: 373 if another request has it, 372 if it must exist and does not.
        """
        session = self._sessions.get(request.id)
        if session is None:
            if request.must_exist:
                raise ClickHouseError(372, "SESSION_NOT_FOUND", f"Session {request.id} not found")
            session = self._sessions[request.id] = Session(self._engine.connect())
            return session
        if session.is_busy:
            raise ClickHouseError(
                373, "SESSION_IS_LOCKED", f"Session {request.id} is locked by a concurrent client"
            )
        if session.expiry:
            session.expiry.cancel()
        session.is_busy = True
        return session

    def release(self, request: SessionRequest) -> None:
        """Give a session back; it ends when no request comes within its timeout."""
        session = self._sessions[request.id]
        session.is_busy = False
        loop = asyncio.get_running_loop()
        session.expiry = loop.call_later(request.timeout, self.end, request.id)

    def end(self, session_id: str) -> None:
        """End a session and drop what it holds."""
        session = self._sessions.pop(session_id)
        if session.expiry:
            session.expiry.cancel()
        session.handle.close()

    def end_all(self) -> None:
        """End every session, for the engine to stop."""
        for session_id in list(self._sessions):
            self.end(session_id)
