"""target-warehouse: a Singer target that streams CSV and JSON-lines files into PostgreSQL.

It takes the BATCH messages of tap-files and nothing else.
"""

from collections.abc import Mapping
from types import FrameType
from typing import Any, ClassVar

from singer_sdk import Target
from singer_sdk import typing as th
from singer_sdk.helpers._batch import BaseBatchFileEncoding
from singer_sdk.helpers.capabilities import CapabilitiesEnum, PluginCapabilities

from warehouse.errors import UserError
from warehouse.ingest.manifest import FileEncoding
from warehouse.ingest.plugin import run
from warehouse.ingest.sink import WarehouseSink
from warehouse.ingest.sources import CSV, JSON_LINES


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
        super().process_endofpipe()
        failed = 0
        for _, sink in sorted(self._sinks_active.items()):
            if isinstance(sink, WarehouseSink):
                sink.tell_summary()
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
