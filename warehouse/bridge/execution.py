"""One request's query, from its session with the engine to its response."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from warehouse.bridge.body import Body, ExternalTable
from warehouse.bridge.configuration import READER
from warehouse.bridge.encodings import PIECE
from warehouse.bridge.engine import Counters, Engine, Handle, Insert, StatementClass
from warehouse.bridge.errors import ClickHouseError
from warehouse.bridge.outlets import FileOutlet, Outlet, PipeOutlet
from warehouse.bridge.quoting import quote, quote_name
from warehouse.bridge.requests import DEFAULT_MAX_QUERY_SIZE, Query
from warehouse.bridge.responses import Responder, Result
from warehouse.bridge.sessions import Sessions
from warehouse.bridge.settings import User
from warehouse.bridge.statements import (
    Statement,
    name_query_id_in_comment,
    names_file,
    parse,
    parse_literals,
)
from warehouse.bridge.workers import Workers, to_the_end

# A result up to this size is sent when the query has ended, so that an error still has a status.
_BUFFER = PIECE

_ON_DISK = "ENGINE = MergeTree ORDER BY tuple()"

# The engine ends a frame here that it has not begun.
_LZ4_OF_NOTHING = bytes(4)

_FORMAT_NAME = re.compile(r"\w+", re.ASCII)

_NAMED_BY_PARAMETER = re.compile(rb"\{(\w+):Identifier\}")
_PLAIN_NAME = re.compile(r"[\w.]+", re.ASCII)

_ALLOWED_WHEN_READONLY = ("SET", "USE")


@dataclass
class Task:
    """What one request brings.

    Attributes:
        query: Its parameters.
        body: Its body, unless that was a form.
        tables: External tables, if it was.
        responder: What writes the response.
    """

    query: Query
    body: Body
    tables: list[ExternalTable]
    responder: Responder


class Executor:
    """Runs queries."""

    def __init__(
        self, engine: Engine, sessions: Sessions, workers: Workers, users: Iterable[User]
    ) -> None:
        self._engine = engine
        self._sessions = sessions
        self._workers = workers
        self._ids: set[str] = set()
        self._places = {user: asyncio.Semaphore(user.max_queries) for user in users}

    async def run(self, task: Task) -> None:
        """Run a query and write its response; a ClickHouseError is the caller's to write."""
        statement, data, is_whole = await _read_statement(task)
        async with (
            self._places[task.query.user],
            self._id(task.query.id),
            self._handle(task, statement) as handle,
        ):
            handle.on_progress(task.responder.update_progress)
            task.responder.start_progress()
            try:
                if data is None:
                    result = await self._run_whole(handle, statement, task)
                elif task.query.is_readonly:
                    raise _readonly_error()
                elif statement.input:
                    result = await self._insert_through(handle, statement, data, is_whole, task)
                elif is_whole and statement.format == "Values":
                    # The engine's own way with literals takes parameters too.
                    sql = parse_literals(statement.sql + b" VALUES " + data)
                    result = await self._run_small(handle, sql, None, task)
                else:
                    result = await self._insert(handle, statement, data, is_whole, task)
            finally:
                task.responder.stop_progress()
                handle.on_progress(None)
        # Not before the session is free: the client's next request may come at once.
        await task.responder.finish(result)

    @asynccontextmanager
    async def _id(self, query_id: str) -> AsyncIterator[None]:
        """Hold an id while its query runs, so that a kill finds that query alone."""
        if query_id in self._ids:
            raise ClickHouseError(
                216,
                "QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING",
                f"Query with id = {query_id} is already running.",
            )
        self._ids.add(query_id)
        try:
            yield
        finally:
            self._ids.remove(query_id)

    @asynccontextmanager
    async def _handle(self, task: Task, statement: Statement) -> AsyncIterator[Handle]:
        """A handle that is set up for the query, and put back or closed after it."""
        request = task.query.session
        if request is None:
            handle = await self._workers.short(self._engine.connect)
            try:
                await self._workers.short(lambda: _set_up(handle, task))
                yield handle
            finally:
                await self._workers.short(handle.close)
            return
        handle = self._sessions.acquire(request).handle
        try:
            undo = await self._workers.short(lambda: _how_to_undo(handle, task, statement))
            try:
                await self._workers.short(lambda: _set_up(handle, task))
                yield handle
            finally:
                await self._workers.short(lambda: _undo(handle, undo))
        finally:
            self._sessions.release(request)
            if task.query.close_session:
                self._sessions.end(request.id)

    async def _run_whole(self, handle: Handle, statement: Statement, task: Task) -> Result | None:
        user = task.query.user
        if user.is_reader:
            statement = await self._workers.short(lambda: self._read_back(statement, task.query))
        found = await self._workers.short(lambda: handle.classify(statement.text))
        output_format = statement.format or task.query.default_format
        if not _FORMAT_NAME.fullmatch(output_format):
            # It stands in SQL.
            raise ClickHouseError(73, "UNKNOWN_FORMAT", f"Unknown format {output_format}.")
        if found is StatementClass.READ:
            return await self._send_result(handle, statement.sql, output_format, task)
        may_run = found is StatementClass.UNKNOWN or statement.verb in _ALLOWED_WHEN_READONLY
        if user.is_reader or (task.query.is_readonly and not may_run):
            raise _readonly_error()
        sql = statement.text
        if statement.verb == "KILL":
            sql = name_query_id_in_comment(sql)
        return await self._run_small(handle, sql, output_format, task)

    def _read_back(self, statement: Statement, query: Query) -> Statement:
        """Of a reader nothing runs but what the engine's own parser has made of it.

        Comments and quotation marks, in which the bridge could be told another story than the
        engine, are gone from that.
        """
        understood = parse(self._engine.read_back(statement.text))
        # Names may come as parameters, too: plain ones, in which no other name is hidden.
        names = [
            query.parameters.get(found.decode(), "")
            for found in _NAMED_BY_PARAMETER.findall(understood.text)
        ]
        if names_file(understood.text) or any(
            not _PLAIN_NAME.fullmatch(name) or names_file(name.encode()) for name in names
        ):
            raise ClickHouseError(
                497, "ACCESS_DENIED", "Not enough privileges: nothing may be called file."
            )
        return understood

    async def _run_small(
        self, handle: Handle, sql: bytes, output_format: str | None, task: Task
    ) -> Result:
        """Run a statement that has a small result, or none."""
        result, counters = await self._workers.run(
            lambda: handle.query(sql, output_format or "TabSeparated"), task.query.log_comment
        )
        return Result(result, counters, output_format if result else None)

    async def _send_result(
        self, handle: Handle, sql: bytes, output_format: str, task: Task
    ) -> Result | None:
        query = task.query
        outlet: Outlet = FileOutlet(self._engine.scratch) if query.wait_end else PipeOutlet()
        sql = _into_outlet(sql, outlet, output_format, query)
        future = self._workers.begin(lambda: _run_into(handle, sql, outlet))
        try:
            return await _relay(outlet, future, output_format, task.responder)
        finally:
            # The client may be found gone twice: when it is written to, and by its connection.
            await to_the_end(self._end_result(outlet, future, query.log_comment))

    async def _end_result(
        self, outlet: Outlet, future: asyncio.Future[Counters], log_comment: str
    ) -> None:
        if not future.done():
            # The engine may be waiting for someone to read, and does not hear a kill then.
            drain = asyncio.ensure_future(_drain(outlet, future))
            await self._workers.stop(future, log_comment)
            await asyncio.wait([drain])
        outlet.close()

    async def _insert(
        self, handle: Handle, statement: Statement, data: bytes, is_whole: bool, task: Task
    ) -> Result:
        comment = task.query.log_comment
        input_format = statement.format or "Values"
        insert = await self._workers.short(lambda: handle.insert(statement.sql, input_format))
        try:
            await self._workers.run(lambda: insert.append(data), comment)
            if not is_whole:
                async for chunk in task.body.chunks():
                    await self._append(insert, task.body, chunk, comment)
                await self._append(insert, task.body, None, comment)
            counters = await self._workers.run(insert.finish, comment)
        except BaseException:
            # The client has gone or the data is wrong: what is not yet written must never be.
            with suppress(ClickHouseError):
                await self._workers.short(insert.cancel)
            raise
        return Result(b"", counters)

    async def _insert_through(
        self, handle: Handle, statement: Statement, data: bytes, is_whole: bool, task: Task
    ) -> Result:
        """Run `INSERT … SELECT … FROM input(…)`, which the embedded engine feeds no data.

        The data goes to a temporary table first, on disk, so that any amount of it will do.
        """
        assert statement.input  # noqa: S101 - the caller has looked
        table = quote_name(f"input {task.query.id}")
        create = f"CREATE TEMPORARY TABLE {table} ({statement.input.structure}) {_ON_DISK}"
        await self._workers.short(lambda: handle.query(create))
        try:
            load = Statement("INSERT", f"INSERT INTO {table}".encode(), statement.format)
            await self._insert(handle, load, data, is_whole, task)
            return await self._run_small(handle, statement.reading_from(table), None, task)
        finally:
            await self._workers.short(lambda: handle.query(f"DROP TEMPORARY TABLE {table}"))

    async def _append(self, insert: Insert, body: Body, chunk: bytes | None, comment: str) -> None:
        def append() -> None:
            for piece in body.decode(chunk) if chunk else body.finish():
                insert.append(piece)

        await self._workers.run(append, comment)


async def _read_statement(task: Task) -> tuple[Statement, bytes | None, bool]:
    """Read as much of the body as can hold SQL; the rest of it is an INSERT's data.

    Returns:
        The statement, the data that has been read already if there is any, and whether the body
        has been read whole.
    """
    query = task.query
    head, is_whole = await task.body.head(query.max_query_size)
    text = query.sql + b"\n" + head if query.sql and head else query.sql or head
    statement = parse(text)
    if statement.data is not None:
        return statement, text[statement.data :], is_whole
    if not is_whole:
        raise ClickHouseError(
            62,
            "SYNTAX_ERROR",
            "Syntax error: Max query size exceeded "
            "(can be increased with the `max_query_size` setting).",
        )
    return statement, None, True


def _into_outlet(sql: bytes, outlet: Outlet, output_format: str, query: Query) -> bytes:
    """Add the clauses that make the engine write a result to the outlet, compressed if wanted."""
    compression = f"COMPRESSION '{query.encoding or 'none'}'"
    clauses = f"\nINTO OUTFILE {quote(outlet.path)} TRUNCATE {compression} FORMAT {output_format}"
    return sql + clauses.encode()


def _run_into(handle: Handle, sql: bytes, outlet: Outlet) -> Counters:
    try:
        _, counters = handle.query(sql)
        return counters
    finally:
        outlet.written()


async def _relay(
    outlet: Outlet, future: asyncio.Future[Counters], output_format: str, responder: Responder
) -> Result | None:
    """Send a result as it comes, all but the end; a small one is returned instead."""
    first = bytearray()
    while len(first) < _BUFFER and (chunk := await outlet.read(future)):
        first += chunk
    if len(first) < _BUFFER:
        counters = await asyncio.shield(future)
        body = b"" if first == _LZ4_OF_NOTHING else bytes(first)
        return Result(body, counters, output_format, is_compressed=True)
    await responder.begin(output_format, await future if future.done() else None)
    await responder.write(bytes(first))
    first.clear()
    while chunk := await outlet.read(future):
        await responder.write(chunk)
    await asyncio.shield(future)
    return None


async def _drain(outlet: Outlet, future: asyncio.Future[Counters]) -> None:
    while await outlet.read(future):
        pass


def _set_up(handle: Handle, task: Task) -> None:
    query = task.query
    settings = {
        **{f"param_{name}": value for name, value in query.parameters.items()},
        "log_comment": query.log_comment,
    }
    if query.user.is_reader:
        _set(handle, {**settings, **_limits(query.user)})
        handle.query(f"SET ROLE {READER}")
        # From here on there is no way back on this handle.
        handle.query("SET readonly = 1")
    if query.database:
        handle.query(f"USE {quote_name(query.database)}")
    if query.user.is_reader:
        return
    if query.role:
        handle.query(f"SET ROLE {quote_name(query.role)}")
    _set(handle, {**query.settings, **settings})
    for table in task.tables:
        _load_external_table(handle, table)
    if query.is_readonly and not query.session:
        # A second lock: on a session's handle it could not be opened again.
        handle.query("SET readonly = 2")


def _limits(user: User) -> dict[str, str]:
    return {"max_memory_usage": str(user.memory), "max_execution_time": str(user.seconds)}


def _set(handle: Handle, settings: Mapping[str, str]) -> None:
    assignments = ", ".join(f"{name} = {quote(value)}" for name, value in settings.items())
    size = len(assignments.encode())
    if size < DEFAULT_MAX_QUERY_SIZE // 2:
        handle.query(f"SET {assignments}")
        return
    # A parameter may be of any size, and is no part of the query whose size is limited.
    limit = handle.rows("SELECT getSetting('max_query_size')")[0][0]
    limit = settings.get("max_query_size", limit)
    handle.query(f"SET max_query_size = {2 * size}")
    handle.query(f"SET {assignments}, max_query_size = {quote(limit)}")


def _load_external_table(handle: Handle, table: ExternalTable) -> None:
    name = quote_name(table.name)
    handle.query(f"CREATE TEMPORARY TABLE {name} ({table.structure})")
    insert = handle.insert(f"INSERT INTO {name}".encode(), table.format)
    try:
        while piece := table.data.read(PIECE):
            insert.append(piece)
        insert.finish()
    except BaseException:
        insert.cancel()
        raise


def _how_to_undo(handle: Handle, task: Task, statement: Statement) -> list[str]:
    """What puts a session's handle back: a request's parameters hold for that request alone."""
    undo = [f"DROP TEMPORARY TABLE IF EXISTS {quote_name(table.name)}" for table in task.tables]
    if task.query.database and statement.verb != "USE":
        before = handle.rows("SELECT currentDatabase()")[0][0]
        undo.append(f"USE {quote_name(before)}")
    # A SET among the request's own settings is meant to last.
    if task.query.settings and statement.verb != "SET":
        names = ", ".join(quote(name) for name in task.query.settings)
        for name, value, is_changed in handle.rows(
            f"SELECT name, value, changed FROM system.settings WHERE name IN ({names})"  # noqa: S608
        ):
            undo.append(f"SET {name} = {quote(value) if is_changed == '1' else 'DEFAULT'}")
    return undo


def _undo(handle: Handle, statements: list[str]) -> None:
    for statement in statements:
        # The database that was current may have been dropped by the query, which has succeeded.
        with suppress(ClickHouseError):
            handle.query(statement)


def _readonly_error() -> ClickHouseError:
    return ClickHouseError(
        164,
        "READONLY",
        "Cannot execute query in readonly mode. For queries over HTTP, method GET implies "
        "readonly. You should use method POST for modifying queries.",
    )
