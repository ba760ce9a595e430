"""The HTTP server in front of the engine."""

import asyncio
import logging
import socket

from aiohttp import web
from aiohttp.typedefs import Handler

from warehouse.bridge.auth import authenticate, refuse_browsers
from warehouse.bridge.body import Body, Form, choose_decoders, read_form
from warehouse.bridge.encodings import PIECE
from warehouse.bridge.engine import Engine
from warehouse.bridge.errors import ClickHouseError
from warehouse.bridge.execution import Executor, Task
from warehouse.bridge.requests import read_query
from warehouse.bridge.responses import Responder
from warehouse.bridge.sessions import Sessions
from warehouse.bridge.settings import BridgeSettings
from warehouse.bridge.workers import Workers

log = logging.getLogger(__name__)

# Seconds that running queries get to end in when the bridge is asked to stop.
GRACE = 5.0
# Seconds for clients to take the last of their responses.
_CLOSE_TIMEOUT = 1.0

_METHODS = ("GET", "HEAD", "POST")
_MAX_URL = 2**20


class Server:
    """Answers requests until it is stopped."""

    def __init__(self, settings: BridgeSettings, engine: Engine) -> None:
        self._settings = settings
        self._engine = engine
        self._sessions = Sessions(engine)
        self._workers = Workers(engine, sum(user.max_queries for user in settings.users))
        self._executor = Executor(engine, self._sessions, self._workers, settings.users)
        self._name = socket.gethostname()
        self._is_stopping = False
        self._running: set[asyncio.Task[web.StreamResponse]] = set()

    async def serve(self, listener: socket.socket, stop: asyncio.Event) -> None:
        """Serve until asked to stop, then let queries end, or end them."""
        app = web.Application(middlewares=[self._guard])
        app.router.add_get("/ping", _ok)
        app.router.add_get("/replicas_status", _ok)
        app.router.add_route("*", "/", self._handle)
        app.router.add_route("*", "/query", self._handle)
        runner = web.AppRunner(
            app,
            access_log=None,
            auto_decompress=False,
            handler_cancellation=True,
            read_bufsize=PIECE // 2,
            max_line_size=_MAX_URL,
            max_field_size=_MAX_URL,
            shutdown_timeout=_CLOSE_TIMEOUT,
        )
        await runner.setup()
        site = web.SockSite(runner, listener)
        await site.start()
        host, port, *_ = listener.getsockname()
        log.info("ClickHouse %s listens on %s:%s", self._engine.version, host, port)
        await stop.wait()
        self._is_stopping = True
        await site.stop()
        await self._end_queries()
        await runner.cleanup()
        self._sessions.end_all()
        self._workers.close()

    async def _end_queries(self) -> None:
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=GRACE)
            for task in late:
                _cancel_once(task)
        if self._running:
            await asyncio.wait(self._running)

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        refuse_browsers(self._settings, request)
        return await handler(request)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if request.method not in _METHODS:
            raise web.HTTPMethodNotAllowed(request.method, _METHODS)
        if request.method == "HEAD" or (request.method == "GET" and not request.query):
            return await _ok(request)
        if self._is_stopping:
            raise web.HTTPServiceUnavailable(text="The server is shutting down.\n")
        # A task of its own, which is cancelled once at most: so it can put things in order.
        task = asyncio.create_task(self._answer(request))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            _cancel_once(task)
            raise

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        parameters = dict(request.query)
        form = Form({}, {})
        # For errors that come before it is known what is asked for.
        nothing = read_query(self._settings.owner, "GET", {}, {})
        responder = Responder(request, nothing, self._engine, self._name)
        try:
            user = authenticate(self._settings, request.headers, parameters)
            if request.content_type == "multipart/form-data":
                form = await read_form(request)
                parameters |= form.parameters
            query = read_query(
                user, request.method, request.headers, parameters, frozenset(form.files)
            )
            responder = Responder(request, query, self._engine, self._name)
            body = Body(request.content, choose_decoders(request, query))
            tables = form.external_tables(parameters)
            await self._executor.run(Task(query, body, tables, responder))
        except ClickHouseError as error:
            await responder.fail(error)
        except ConnectionError:
            # The client has gone, and nobody is left to answer.
            raise asyncio.CancelledError from None
        finally:
            form.close()
        return responder.response


def _cancel_once(task: asyncio.Task[web.StreamResponse]) -> None:
    if not task.cancelling():
        task.cancel()


async def _ok(request: web.Request) -> web.Response:
    return web.Response(text="Ok.\n", content_type="text/html", charset="UTF-8")
