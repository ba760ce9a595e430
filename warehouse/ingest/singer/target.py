"""target-warehouse: a Singer target that streams CSV and JSON-lines files into PostgreSQL.

It takes the BATCH messages of tap-files and nothing else.
"""

import functools
import os
from collections.abc import Mapping
from operator import attrgetter
from types import FrameType
from typing import Any, ClassVar

from singer_sdk import Target
from singer_sdk import typing as th
from singer_sdk.helpers._batch import BaseBatchFileEncoding
from singer_sdk.helpers.capabilities import CapabilitiesEnum, PluginCapabilities

from warehouse.errors import UserError
from warehouse.ingest.raw import load_log
from warehouse.ingest.raw.crew import Crew
from warehouse.ingest.singer.manifest import FileEncoding
from warehouse.ingest.singer.plugin import run
from warehouse.ingest.singer.session import session
from warehouse.ingest.singer.sink import WarehouseSink
from warehouse.ingest.sources import CSV, JSON_LINES

# Fewer are left to autovacuum.
MANY_FILES = 100


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
        th.Property(
            "files_at_once",
            th.IntegerType(minimum=1),
            default=min(4, os.cpu_count() or 1),
            description="How many files are loaded side by side. Default: one for each core, "
            "but at most 4.",
        ),
        th.Property(
            "settle_seconds",
            th.NumberType(minimum=0),
            default=5,
            description="How long a file whose last line has no end must have been left alone.",
        ),
    ).to_dict()

    @functools.cached_property
    def crew(self) -> Crew:
        """Who loads the files of all streams."""
        return Crew(self.config["files_at_once"])

    def _process_batch_message(self, message_dict: Mapping[str, Any]) -> None:
        # The SDK knows no encoding but its own.
        encoding = message_dict["encoding"]
        ours = encoding["format"] in (CSV, JSON_LINES)
        kind = FileEncoding if ours else BaseBatchFileEncoding
        sink = self.get_sink(message_dict["stream"])
        sink.process_batch_files(kind(**encoding), message_dict["manifest"])

    def process_endofpipe(self) -> None:
        """Tell what was done.

        Raises:
            UserError: A file could not be loaded.
        """
        sinks = [sink for sink in self._sinks_active.values() if isinstance(sink, WarehouseSink)]
        for sink in sinks:
            sink.finish()
        if sum(sink.summary.loaded for sink in sinks) >= MANY_FILES:
            with session() as connection, connection.cursor() as cursor:
                cursor.execute(load_log.GATHER_STATISTICS)
        super().process_endofpipe()
        for sink in sorted(sinks, key=attrgetter("stream_name")):
            sink.tell_summary()
        if failed := sum(sink.summary.failed for sink in sinks):
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
