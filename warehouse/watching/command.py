"""`warehouse metrics`: serves the figures, or writes them down once."""

from pathlib import Path

import click

from warehouse import terminal
from warehouse.engines.ports import require_free
from warehouse.errors import UserError
from warehouse.watching.collector import registry


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=9188, show_default=True)
@click.option(
    "--to",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write them to a file once, such as for node-exporter's textfile collector.",
)
def metrics(host: str, port: int, file: Path | None) -> None:
    """Serve the warehouse's figures for Prometheus; Ctrl+C ends it. It starts no engine."""
    from prometheus_client import start_http_server, write_to_textfile

    if file:
        try:
            write_to_textfile(str(file), registry())
        except OSError as error:
            raise UserError(f"{file} cannot be written: {error.strerror}") from None
        return
    require_free(host, port, "PORT", where="")
    terminal.say(f"Metrics: http://{host}:{port}/metrics (Ctrl+C ends it)")
    _, thread = start_http_server(port, host, registry())
    thread.join()
