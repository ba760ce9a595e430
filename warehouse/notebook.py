"""`warehouse notebook`: the story that the archive tells, to read or to work on in Jupyter.

Jupyter is started as a program of its own: nothing here imports it.
"""

import os
import subprocess
import sys
from pathlib import Path

import click

from warehouse import environment, terminal
from warehouse.engines import lifecycle
from warehouse.errors import UserError

_FOLDER = environment.ROOT / "notebooks"


@click.command()
@click.option("--html", is_flag=True, help="Run all of them, and write each as a page.")
@click.option("--source", metavar="SYSTEM", help="The source system that they tell of.")
@lifecycle.with_engines
def notebook(html: bool, source: str | None) -> None:
    """Open the notebooks in Jupyter; Ctrl+C ends it."""
    home = environment.home() / "notebooks"
    # Jupyter keeps what it knows of its user here, and not in the user's own folder.
    kept = {"JUPYTER_DATA_DIR": str(home / "jupyter"), "IPYTHONDIR": str(home / "ipython")}
    environ = {**os.environ, **kept, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    if source:
        environ["NOTEBOOK_SOURCE"] = source
    if html:
        for path in sorted(_FOLDER.glob("*.ipynb")):
            terminal.say(str(_as_page(path, home, environ)))
        return
    program = str(Path(sys.prefix) / "bin" / "jupyter")
    line = [program, "notebook", f"--notebook-dir={_FOLDER}", "--ServerApp.ip=127.0.0.1"]
    os.execve(program, [*line, *(["--allow-root"] if os.geteuid() == 0 else [])], environ)  # noqa: S606


def _as_page(path: Path, folder: Path, environ: dict[str, str]) -> Path:
    """Run a notebook, and write what it shows as a page without code that needs no network."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "nbconvert", "--to", "html", "--execute", "--no-input"),
            *("--HTMLExporter.mathjax_url=", "--HTMLExporter.require_js_url="),
            *("--output-dir", folder, path),
        ],
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        why = done.stderr.strip().splitlines()[-1]
        raise UserError(f"{path.name} does not come to its end: {why}")
    return folder / f"{path.stem}.html"
