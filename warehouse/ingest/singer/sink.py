"""The files of one stream, on their way into its raw table."""

import logging
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from singer_sdk import Sink
from singer_sdk.helpers._batch import BaseBatchFileEncoding

from warehouse.errors import UserError
from warehouse.ingest.errors import RefusedFileError
from warehouse.ingest.raw import load_log, tables
from warehouse.ingest.raw.load import Loader
from warehouse.ingest.raw.news import News
from warehouse.ingest.raw.plan import Plan, Task, plan
from warehouse.ingest.raw.turns import Outcome
from warehouse.ingest.singer.manifest import FileEncoding, SourceFile
from warehouse.ingest.singer.plugin import logger
from warehouse.ingest.singer.session import session
from warehouse.ingest.sources import SALES

if TYPE_CHECKING:
    from warehouse.ingest.singer.target import WarehouseTarget

# Further files that fail or are remarkable are counted and stand in the load log.
MOST_REMARKS = 20


@dataclass
class Summary:
    """What was done for a stream in this run."""

    files: int = 0
    loaded: int = 0
    unchanged: int = 0
    copies: int = 0
    failed: int = 0
    rows: int = 0
    rejects: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        """One line for the log."""
        return (
            f"files: {self.files:,} seen, {self.loaded:,} loaded, {self.unchanged:,} unchanged, "
            f"{f'{self.copies:,} copies, ' if self.copies else ''}"
            f"{self.failed:,} failed; rows: {self.rows:,}; rejects: {self.rejects:,}; "
            f"{self.seconds:.1f} s"
        )


class WarehouseSink(Sink):
    """Loads the files of one stream."""

    def __init__(
        self,
        target: "WarehouseTarget",
        stream_name: str,
        schema: dict[str, Any],
        key_properties: Sequence[str] | None,
    ) -> None:
        """Prepare for a stream."""
        super().__init__(target, stream_name, schema, key_properties)
        self.summary = Summary()
        self._crew = target.crew
        self._table = tables.RawTable(
            stream_name, tuple(schema["properties"]), schema.get("required")
        )
        self._was_emptied = False
        self._loaded: dict[str, load_log.LoadedFile] = {}
        self._copies: dict[str, tuple[SourceFile, str]] = {}
        self._under_way: deque[tuple[SourceFile, Outcome]] = deque()
        self._news = News(stream_name)
        self._started = time.monotonic()
        self._remarks = 0

    def setup(self) -> None:
        """Make sure that the raw table is there, while nobody loads."""
        self._crew.keep_others_out()
        with session() as connection, connection.cursor() as cursor:
            self._was_emptied = self._table.ensure(cursor)

    def process_batch_files(self, encoding: BaseBatchFileEncoding, files: Sequence[str]) -> None:
        """Begin to load the files of a manifest that are not loaded yet.

        Raises:
            UserError: They are neither CSV nor JSON-lines.
        """
        if not isinstance(encoding, FileEncoding):
            raise UserError(
                f"target-warehouse takes CSV and JSON-lines, and {self.stream_name!r} sent "
                f"{encoding.format}: run it with tap-files"
            )
        loader = Loader(
            table=self._table,
            content=encoding.content,
            dialect=encoding.dialect,
            reject_limit=self.config["reject_limit"],
            settle_seconds=float(self.config["settle_seconds"]),
        )
        listed = {file.name: file for file in map(SourceFile.from_uri, files)}
        planned = self._plan(listed, encoding)
        self.summary.files += len(listed)
        self.summary.unchanged += planned.unchanged
        self._copies = {name: (listed[name], planned.copies[name]) for name in planned.copies}
        for task in planned.tasks:
            self._begin(task, loader)

    def _plan(self, listed: Mapping[str, SourceFile], encoding: FileEncoding) -> Plan:
        if encoding.content.are_messages:
            if self._was_emptied:
                raise UserError(
                    f"raw.{self.stream_name} was emptied since the topic was read: load again"
                )
            # Each is new: of a topic the tap sends what follows on what is loaded.
            return Plan([Task(listed[name]) for name in sorted(listed)])
        with session() as connection, connection.cursor() as cursor:
            self._loaded = load_log.loaded_files(cursor, self.stream_name)
        self._know_contents(listed.values())
        of_sales = encoding.content.rows == SALES
        return plan(listed.values(), self._loaded, encoding.dialect, of_sales=of_sales)

    def _know_contents(self, files: Iterable[SourceFile]) -> None:
        """Of a packed file that a log of before holds, only now is it known what is in it."""
        for file in files:
            known = self._loaded.get(file.name)
            if known is None or known.sha256 != file.sha256:
                continue
            if known.sha256 == known.content_sha256 != file.content_sha256:
                with session() as connection, connection.cursor() as cursor:
                    load_log.note_content(cursor, known.load_id, file.content_sha256)
                self._loaded[file.name] = replace(known, content_sha256=file.content_sha256)

    def _begin(self, task: Task, loader: Loader) -> None:
        file = task.file
        self._news.tell(file, 0, 0)
        outcome = self._crew.load(loader, task, partial(self._news.tell, file))
        outcome.add_done_callback(self._note_time)
        self._under_way.append((file, outcome))
        while self._under_way and self._under_way[0][1].done():
            self._end(*self._under_way.popleft())

    def finish(self) -> None:
        """Wait until all files are loaded or refused."""
        while self._under_way:
            self._end(*self._under_way.popleft())
        self._leave_copies_out()

    def _leave_copies_out(self) -> None:
        for file, original in self._copies.values():
            with session() as connection, connection.cursor() as cursor:
                if not load_log.holds(cursor, self.stream_name, original, file.content_sha256):
                    # It was refused: what is loaded of this content under another name stays.
                    continue
                copy_id = load_log.note_copy(cursor, self.stream_name, file, original)
                # What it held before it became a copy is no longer in any file.
                earlier = self._loaded.get(file.name)
                if copy_id and earlier and load_log.is_loaded(cursor, earlier.load_id):
                    self._table.delete_load(cursor, earlier.load_id)
                    load_log.mark_replaced(cursor, earlier.load_id, replaced_by=copy_id)
            self.summary.copies += 1
            self._remark(logging.WARNING, f"{file.name} is not loaded: it is a copy of {original}")

    def _end(self, file: SourceFile, outcome: Outcome) -> None:
        summary = self.summary
        try:
            account = outcome.result()
        except RefusedFileError as error:
            summary.failed += 1
            self._remark(logging.ERROR, f"{file.name} is not loaded: {error}")
            return
        if account is None:
            summary.unchanged += 1
            return
        summary.loaded += 1
        summary.rows += account.loaded
        summary.rejects += account.rejected
        for note in account.notes:
            self._remark(logging.WARNING, f"{file.name} {note}")

    def _note_time(self, _: Outcome) -> None:
        self.summary.seconds = time.monotonic() - self._started

    def _remark(self, level: int, text: str) -> None:
        self._remarks += 1
        if self._remarks <= MOST_REMARKS:
            logger.log(level, text)

    def tell_summary(self) -> None:
        """Say what was done."""
        if self._remarks > MOST_REMARKS:
            further = self._remarks - MOST_REMARKS
            logger.warning(f"{self.stream_name}: {further:,} further remarks are in raw._loads")
        logger.info(f"{self.stream_name}: {self.summary}")

    def process_record(self, record: dict[str, Any], context: dict[str, Any]) -> None:
        """Refuse: a record tells neither its file nor its line."""
        raise UserError(
            f"target-warehouse takes files, not records, and {self.stream_name!r} sent a record: "
            f"run it with tap-files"
        )

    def process_batch(self, context: dict[str, Any]) -> None:
        """There is nothing to drain: see process_record."""
