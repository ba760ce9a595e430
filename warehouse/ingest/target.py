"""target-warehouse: a Singer target that streams CSV files into PostgreSQL.

It takes BATCH messages of tap-files and no others. The server and its password come from the
environment, so none of it is ever written to a configuration file or a log.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import FrameType
from typing import Any, ClassVar

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812
from singer_sdk import Sink, Target
from singer_sdk import typing as th
from singer_sdk.helpers._batch import BaseBatchFileEncoding
from singer_sdk.helpers.capabilities import CapabilitiesEnum, PluginCapabilities

from warehouse import settings
from warehouse.errors import UserError
from warehouse.ingest import load_log, tables
from warehouse.ingest.errors import RefusedFileError
from warehouse.ingest.load import Loader
from warehouse.ingest.manifest import CsvEncoding, SourceFile
from warehouse.ingest.plugin import logger, run

SECONDS_BETWEEN_NOTES = 5.0


@dataclass
class Summary:
    """What was done for a stream in this run."""

    files: int = 0
    loaded: int = 0
    unchanged: int = 0
    failed: int = 0
    rows: int = 0
    rejects: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        """One line for the log."""
        return (
            f"files: {self.files:,} seen, {self.loaded:,} loaded, {self.unchanged:,} unchanged, "
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
        self._connection = target.connection
        self._table = tables.RawTable(stream_name, tuple(schema["properties"]))
        self._loaded: dict[str, str] = {}
        self._next_note = 0.0

    def setup(self) -> None:
        """Make sure that the raw table is there, and learn what it holds."""
        with self._connection, self._connection.cursor() as cursor:
            self._table.ensure(cursor)
            self._loaded = load_log.loaded_files(cursor, self.stream_name)
        self._next_note = time.monotonic() + SECONDS_BETWEEN_NOTES

    def process_batch_files(self, encoding: BaseBatchFileEncoding, files: Sequence[str]) -> None:
        """Load the files of a manifest that are not loaded yet.

        Raises:
            UserError: They are not CSV files.
        """
        if not isinstance(encoding, CsvEncoding):
            raise UserError(
                f"target-warehouse takes CSV files, and {self.stream_name!r} sent "
                f"{encoding.format}: run it with tap-files"
            )
        started = time.monotonic()
        for uri in files:
            self._load(SourceFile.from_uri(uri), encoding)
        self.summary.seconds += time.monotonic() - started

    def _load(self, file: SourceFile, encoding: CsvEncoding) -> None:
        summary = self.summary
        summary.files += 1
        if self._loaded.get(file.name) == file.sha256:
            summary.unchanged += 1
            return

        def progress(size: int, rows: int) -> None:
            if time.monotonic() >= self._next_note:
                self._next_note = time.monotonic() + SECONDS_BETWEEN_NOTES
                share = size / file.size if file.size else 1
                logger.info(
                    "%s: %s rows so far; %s: %.0f %%",
                    self.stream_name,
                    f"{summary.rows + rows:,}",
                    file.name,
                    100 * share,
                )

        loader = Loader(
            connection=self._connection,
            table=self._table,
            dialect=encoding.dialect,
            reject_limit=self.config["reject_limit"],
            progress=progress,
        )
        try:
            account = loader.load(file)
        except RefusedFileError as error:
            summary.failed += 1
            logger.error("%s is not loaded: %s", file.name, error)
            return
        if account is None:
            summary.unchanged += 1
            return
        summary.loaded += 1
        summary.rows += account.loaded
        summary.rejects += account.rejected
        for note in account.notes:
            logger.warning("%s %s", file.name, note)

    def process_record(self, record: dict[str, Any], context: dict[str, Any]) -> None:
        """Refuse: a record tells neither its file nor its line."""
        raise UserError(
            f"target-warehouse takes files, not records, and {self.stream_name!r} sent a record: "
            f"run it with tap-files"
        )

    def process_batch(self, context: dict[str, Any]) -> None:
        """There is nothing to drain: see process_record."""


class WarehouseTarget(Target):
    """Singer target for the raw layer of the warehouse. It takes the batches of tap-files."""

    name = "target-warehouse"
    package_name = "warehouse"
    default_sink_class = WarehouseSink
    capabilities: ClassVar[list[CapabilitiesEnum]] = [PluginCapabilities.ABOUT]
    config_jsonschema: ClassVar[dict[str, Any]] = th.PropertiesList(
        th.Property(
            "reject_limit",
            th.NumberType(minimum=0, maximum=1),
            default=0.1,
            description="The largest share of bad lines with which a file is still loaded.",
        ),
    ).to_dict()

    @cached_property
    def connection(self) -> Connection:
        """The session in which everything is loaded.

        Raises:
            UserError: The server cannot be reached.
        """
        server = settings.postgres()
        try:
            connection: Connection = psycopg2.connect(
                **server.connection, application_name=self.name
            )
        except psycopg2.OperationalError as error:
            raise UserError(
                f"PostgreSQL at {server.host}:{server.port} does not answer: "
                f"{str(error).strip().splitlines()[0]}"
            ) from error
        connection.set_client_encoding("UTF8")
        tables.prepare_session(connection)
        return connection

    def _process_batch_message(self, message_dict: Mapping[str, Any]) -> None:
        # The SDK knows no encoding with a dialect.
        sink = self.get_sink(message_dict["stream"])
        sink.process_batch_files(CsvEncoding(**message_dict["encoding"]), message_dict["manifest"])

    def process_endofpipe(self) -> None:
        """Tell what was done.

        Raises:
            UserError: A file could not be loaded.
        """
        super().process_endofpipe()
        self.connection.close()
        failed = 0
        for name, sink in sorted(self._sinks_active.items()):
            if isinstance(sink, WarehouseSink):
                logger.info("%s: %s", name, sink.summary)
                failed += sink.summary.failed
        if failed:
            raise UserError(
                f"files not loaded: {failed:,} (see above, or raw._loads); all others are"
            )

    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:
        # The SDK drains its sinks and exits with 0. Here the file that is being loaded is given
        # up, which its transaction undoes, and the exit code says that not everything is done.
        raise SystemExit(128 + signum)


def main() -> None:
    """Run the target from the command line."""
    run(WarehouseTarget)
