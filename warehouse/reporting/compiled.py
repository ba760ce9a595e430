"""The queries that reports compile to, kept for as long as nothing that they are made of changes.

dbt takes some seconds to compile one, most of them to start; a report is read in less.
"""

import hashlib
import os
import shutil
from pathlib import Path

from warehouse import environment, project_files
from warehouse.dbt import compiled_analyses, target_path


def query(report: str, engine: str) -> str:
    """Return the SQL of a report.

    Raises:
        UserError: dbt cannot compile it; it has said why.
    """
    path = _folder(engine) / f"{report}.sql"
    if not path.exists():
        _compile(report, engine)
    return path.read_text(encoding="utf-8")


def _compile(report: str, engine: str) -> None:
    """Compile all of an engine: to do so takes little longer than one."""
    folder = _folder(engine)
    shutil.rmtree(folder.parent, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, sql in compiled_analyses(engine, report).items():
        (folder / f"{name}.sql").write_text(sql, encoding="utf-8")


def _folder(engine: str) -> Path:
    """Where the queries lie, under a name that tells what they are made of."""
    settings = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(environment.PREFIXES) and not name.endswith("PASSWORD")
    }
    made_of = (project_files.checksum("analyses"), sorted(settings.items()))
    return target_path(engine) / "reports" / hashlib.sha256(repr(made_of).encode()).hexdigest()
