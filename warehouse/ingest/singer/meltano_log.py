"""What Meltano prints: what the tap and the target say, and none of Meltano's own tracebacks.

logging.yaml names these classes; `meltano --log-config none run load` prints everything.
"""

import copy
import logging
import sys
from typing import Any

from meltano.core.logging import console_log_formatter

# What Meltano and the Singer SDK say of a failure besides what our programs have said of it.
_ECHOES = (
    "Loader failed",
    "Extractor failed",
    "Extractor and loader failed",
    "Block run completed",
    "Run completed",
    "Run invocation could not be completed",
    "Error initializing target sink",
    "Task exception was never retrieved",
    "Need help fixing this problem?",
)
# What it says of every run.
_ROUTINE = (
    "Environment '",
    "Running job with name",
    "Using systemdb state backend",
    "Using logging configuration",
    "Reading state from Database",
    "Incremental state has been updated",
    "No state was found",
    "Force option is enabled",
)


class WithoutNoise(logging.Filter):
    """Lets pass what plugins say, and of Meltano's own what is not known to be noise."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record is printed."""
        event = _event(record)
        text = str(event["event"])
        return bool(text.strip()) and not text.startswith((*_ECHOES, *_ROUTINE))


class Console(logging.Formatter):
    """Meltano's own format for the console, in one line."""

    def __init__(self) -> None:
        """Use colours on a terminal."""
        super().__init__()
        self._format = console_log_formatter(colors=sys.stderr.isatty())

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        shown = copy.copy(record)
        shown.exc_info = shown.exc_text = None
        event = _event(record)
        if "name" not in event:
            event["event"] = str(event["event"]).strip().partition("\n")[0]
        if isinstance(record.msg, dict):
            shown.msg = event
        else:
            shown.msg, shown.args = event["event"], None
        return self._format.format(shown)


def _event(record: logging.LogRecord) -> dict[str, Any]:
    """What is said, as structlog hands it on; other libraries hand on a text."""
    if isinstance(record.msg, dict):
        return {key: value for key, value in record.msg.items() if key != "exc_info"}
    return {"event": record.getMessage()}
