"""tap-files: a Singer tap that hands on CSV and JSON-lines files as they are.

It reads no line. For each file it sends a BATCH message whose manifest is the file itself, and
leaves it to the target to stream the bytes into the database. What an HTTP API serves is downloaded
first and is a file then. Its state is nothing but a cache of checksums; what has been loaded is
known to the database alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any, ClassVar

from singer_sdk import Stream, Tap
from singer_sdk import typing as th
from singer_sdk.helpers._batch import BaseBatchFileEncoding, BatchConfig, StorageTarget
from singer_sdk.helpers.capabilities import (
    CapabilitiesEnum,
    PluginCapabilities,
    TapCapabilities,
)

from warehouse.errors import UserError
from warehouse.ingest import sources
from warehouse.ingest.errors import RefusedFileError
from warehouse.ingest.files import unseen
from warehouse.ingest.files.checksums import CHECKSUMS, checksums
from warehouse.ingest.files.names import column_name
from warehouse.ingest.kafka.topic import Topic
from warehouse.ingest.raw.tables import RawTable
from warehouse.ingest.singer.manifest import FileEncoding, SourceFile
from warehouse.ingest.singer.plugin import logger, run
from warehouse.ingest.web.api import Api
from warehouse.ingest.web.download import download


class FileStream(Stream):
    """The files of one shape."""

    def __init__(self, tap: Tap, source: sources.Source, stream: sources.SourceStream) -> None:
        """Describe every column as text: types are given in the staging models."""
        text = th.PropertiesList(
            *(
                th.Property(column_name(name), th.StringType, required=True)
                for name in stream.columns
            ),
            *(th.Property(column_name(name), th.StringType) for name in stream.optional),
        )
        super().__init__(tap, schema=text.to_dict(), name=stream.name)
        self._is_complete = True
        self._source = source
        self._stream = stream
        self._encoding = FileEncoding(**asdict(stream.dialect), **asdict(stream.content))

    def get_batch_config(self, config: Mapping[str, Any]) -> BatchConfig:
        """Send BATCH messages, always: the files are the batches."""
        return BatchConfig(encoding=self._encoding, storage=StorageTarget(root=""))

    def get_batches(
        self, batch_config: BatchConfig, context: Mapping[str, Any] | None = None
    ) -> Iterable[tuple[BaseBatchFileEncoding, list[str]]]:
        """Yield one batch of all files, and keep the checksums in the stream's state.

        The target compares them with each other and with what is loaded before it loads any.
        """
        if api := self._stream.api:
            self._download(api)
        if topic := self._stream.topic:
            self._read(topic)
        known = self.stream_state.get("files", {})
        listed, uris = {}, []
        for path in self._stream.paths():
            file, entry = self._describe(path, known)
            listed[file.name] = entry
            uris.append(file.to_uri())
        yield self._encoding, uris
        self.stream_state["files"] = listed

    def _download(self, api: Api) -> None:
        file = self._stream.folder / self._stream.files
        try:
            pages = download(api, file)
        except RefusedFileError as error:
            self._is_complete = False
            logger.error(f"{self.name} is not downloaded: {error}")
        except OSError as error:
            raise UserError(f"{file} cannot be written: {error.strerror}") from None
        else:
            logger.info(f"{self.name}: downloaded; pages: {pages:,}")

    def _read(self, topic: Topic) -> None:
        # It takes a moment, which those who have no topic need not wait.
        from warehouse.ingest.kafka.fetching import fetch

        table = RawTable(self.name, tuple(self.schema["properties"]))
        try:
            remarks = fetch(topic, table, self._stream.folder / self.name).remarks
        except RefusedFileError as error:
            self._is_complete = False
            logger.error(f"{self.name} is not read: {error}")
        except OSError as error:
            raise UserError(f"{self._stream.folder} cannot be written: {error.strerror}") from None
        else:
            for remark in remarks:
                logger.warning(f"{self.name}: {remark}")

    def _describe(
        self, path: Path, known: Mapping[str, Mapping[str, Any]]
    ) -> tuple[SourceFile, dict[str, Any]]:
        name = self._source.file_name(self._stream, path)
        cached = known.get(name, {})
        try:
            status = path.stat()
            stamp: dict[str, Any] = {"size": status.st_size, "mtime_ns": status.st_mtime_ns}
            sheet = self._stream.dialect.sheet
            if sheet is not None:
                stamp["sheet"] = sheet
            is_known = cached.items() >= stamp.items() and cached.get("sheet") == sheet
            if is_known and cached.keys() >= set(CHECKSUMS):
                found = {key: str(cached[key]) for key in CHECKSUMS}
            else:
                found = checksums(path, self._stream.dialect)
        except OSError as error:
            raise UserError(f"{path} cannot be read: {error.strerror}") from None
        file = SourceFile(name, path, status.st_size, **found)
        return file, {**stamp, **found}

    def _sync_batches(
        self, batch_config: BatchConfig, context: Mapping[str, Any] | None = None
    ) -> None:
        # The SDK writes the whole state after each batch, which for thousands of files would be
        # more than the files themselves. Losing it costs no more than computing checksums again.
        for encoding, manifest in self.get_batches(batch_config, context):
            self._write_batch_message(encoding=encoding, manifest=manifest)
        self._write_state_message()

    def log_sync_costs(self) -> None:
        """The SDK calls it when all streams are listed: the moment to say that one is not complete.

        Raises:
            UserError: The stream could not be downloaded or read.
        """
        super().log_sync_costs()
        if not self._is_complete:
            raise UserError("not all could be fetched (see above); what could be is loaded")

    def get_records(self, context: Mapping[str, Any] | None) -> Iterable[dict[str, Any]]:
        """There are none: see get_batches."""
        raise NotImplementedError


class FilesTap(Tap):
    """Singer tap for folders of CSV files, sent as BATCH messages of the untouched files."""

    name = "tap-files"
    package_name = "warehouse"
    capabilities: ClassVar[list[CapabilitiesEnum]] = [
        TapCapabilities.STATE,
        TapCapabilities.DISCOVER,
        TapCapabilities.CATALOG,
        PluginCapabilities.ABOUT,
    ]
    config_jsonschema: ClassVar[dict[str, Any]] = th.PropertiesList(
        th.Property(
            "sources",
            th.ArrayType(
                th.ObjectType(
                    th.Property("name", th.StringType(pattern="^[a-z][a-z0-9_]*$"), required=True),
                    th.Property(
                        "folder",
                        th.StringType,
                        required=True,
                        description="Relative to the project; <NAME>_FILES in the environment "
                        "overrides it.",
                    ),
                    th.Property(
                        "streams",
                        th.ArrayType(
                            th.ObjectType(
                                th.Property(
                                    "name",
                                    th.StringType(pattern="^[a-z][a-z0-9_]*$"),
                                    required=True,
                                    description="Also the name of the raw table.",
                                ),
                                th.Property(
                                    "files",
                                    th.StringType,
                                    description="A glob relative to the folder.",
                                ),
                                th.Property("url", th.StringType, description="Instead of files"),
                                th.Property("records", th.StringType),
                                th.Property(
                                    "pages",
                                    th.ObjectType(
                                        th.Property("parameter", th.StringType),
                                        th.Property("start", th.IntegerType),
                                        th.Property("step", th.IntegerType),
                                        th.Property("link_header", th.BooleanType),
                                        th.Property("next_field", th.StringType),
                                        additional_properties=False,
                                    ),
                                ),
                                th.Property(
                                    "headers",
                                    th.ObjectType(additional_properties=th.StringType),
                                    description="Each with the name of an environment variable.",
                                ),
                                th.Property("retries", th.IntegerType(minimum=0)),
                                th.Property("topic", th.StringType, description="Instead of files"),
                                th.Property("generation", th.IntegerType(minimum=1)),
                                th.Property(
                                    "gaps",
                                    th.StringType,
                                    description="allowed, to go on where messages are gone.",
                                ),
                                th.Property(
                                    "columns",
                                    th.ArrayType(th.StringType),
                                    required=True,
                                    description="As they stand in the files' header.",
                                ),
                                th.Property(
                                    "rows",
                                    th.StringType,
                                    description=f"What a line is: {', '.join(sources.ROWS)}.",
                                ),
                                th.Property(
                                    "customer",
                                    th.StringType,
                                    description="The column that names a customer, or none.",
                                ),
                                th.Property(
                                    "line_ids",
                                    th.StringType,
                                    description="none, where sales have no number of their own.",
                                ),
                                th.Property(
                                    "overlap",
                                    th.StringType,
                                    description="allowed, where lines of two files may be equal.",
                                ),
                                th.Property("format", th.StringType, description="Default csv"),
                                th.Property("delimiter", th.StringType, description="Default ,"),
                                th.Property("quote", th.StringType, description='Default "'),
                                th.Property("encoding", th.StringType, description="Default utf-8"),
                                th.Property(
                                    "sheet",
                                    th.StringType,
                                    description="Of workbooks that have several.",
                                ),
                            )
                        ),
                        required=True,
                    ),
                )
            ),
            required=True,
            description="The source systems; WAREHOUSE_SOURCES says which are active.",
        ),
    ).to_dict()

    def discover_streams(self) -> list[FileStream]:
        """The streams of the active source systems.

        Raises:
            UserError: An active source system is unknown, or has no files, or one of two streams.
        """
        streams = []
        known = list(sources.readable(self.config["sources"]))
        for source in sources.active(self.config["sources"]):
            source.require_files()
            unseen.refuse_shared_files(source)
            for remark in unseen.remarks(source, known):
                logger.warning(remark)
            streams += [FileStream(self, source, stream) for stream in source.streams]
        return streams

    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:
        # The SDK exits with 0, as if all files had been listed.
        raise SystemExit(128 + signum)


def main() -> None:
    """Run the tap from the command line."""
    run(FilesTap)
