"""What the tap and the target have in common as programs."""

import io
import logging
import os
import sys

import psycopg2
from singer_sdk.plugin_base import PluginBase

from warehouse import disk
from warehouse.errors import UserError

logger = logging.getLogger("warehouse.ingest")


def run(plugin: type[PluginBase]) -> None:
    """Run a plugin's command line; what the user can mend is one line and exit code 1."""
    # What the SDK says about itself is shown from warnings on; the account of the load always is.
    # Its metrics have a level of their own, which it reads from the environment.
    logging.getLogger(plugin.name).setLevel(logging.WARNING)
    os.environ.setdefault(f"{plugin.name.upper().replace('-', '_')}_LOGLEVEL", "WARNING")
    logger.setLevel(logging.INFO)
    _write_messages_whole()
    try:
        plugin.cli()
    except UserError as error:
        logger.error(str(error))
        sys.exit(1)
    except psycopg2.Error as error:
        # A connection that is lost says nothing of its server's disk.
        found = disk.explanation(error)
        logger.error(found or f"PostgreSQL: {str(error).partition(chr(10))[0]}")
        sys.exit(1)
    except OSError as error:
        found = disk.explanation(error) if disk.says_full(error) else None
        if found is None:
            raise
        logger.error(found)
        sys.exit(1)


def _write_messages_whole() -> None:
    """Give standard output a buffer, where PYTHONUNBUFFERED has taken it.

    Without, Python drops the rest of a message whose writing a stop (Ctrl+Z) has interrupted.
    """
    output = sys.stdout
    if isinstance(output, io.TextIOWrapper) and isinstance(output.buffer, io.RawIOBase):
        buffer = io.BufferedWriter(output.detach())
        sys.stdout = io.TextIOWrapper(buffer, output.encoding, output.errors)
