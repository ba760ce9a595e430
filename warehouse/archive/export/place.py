"""Where the copy is."""

from pathlib import Path

from warehouse import environment


def usual_folder() -> Path:
    """The folder of the files where none is named."""
    return environment.home() / "parquet"
