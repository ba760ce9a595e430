"""What dbt makes of the project for a question, kept until something that it is made of changes.

dbt takes some seconds to compile a query, or to read what is declared, most of them to start; a
question is answered in less.
"""

import hashlib
import os
import pickle
import shutil
from pathlib import Path

from warehouse import project_files
from warehouse.dbt import compiled_analyses, parsed, target_path
from warehouse.reporting.declarations import Declarations


def query(report: str, engine: str) -> str:
    """Return the SQL of a report.

    Raises:
        UserError: dbt cannot compile it; it has said why.
    """
    path = _folder(engine) / f"{report}.sql"
    if not path.exists():
        # All of the engine: to compile them takes little longer than one.
        for name, sql in compiled_analyses(engine, report).items():
            _keep(path.with_name(f"{name}.sql"), sql.encode())
    return path.read_text(encoding="utf-8")


def declarations() -> Declarations:
    """Return what is declared of metrics.

    Raises:
        UserError: dbt cannot read the project, or a metric is of a kind that is not answered.
    """
    path = _folder("postgres") / "metrics.pickle"
    if not path.exists():
        _keep(path, pickle.dumps(Declarations.of(parsed())))
    declared: Declarations = pickle.loads(path.read_bytes())  # noqa: S301 (written above)
    return declared


def _keep(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all; those of an earlier project go."""
    for former in path.parent.parent.glob("*"):
        if former != path.parent:
            shutil.rmtree(former, ignore_errors=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}")
    partial.write_bytes(content)
    partial.replace(path)


def _folder(engine: str) -> Path:
    """Where it is kept, under a name that tells what it is made of."""
    code = Path(__file__).with_name("declarations.py").read_bytes()
    made_of = (project_files.fingerprint("analyses"), code)
    return target_path(engine) / "kept" / hashlib.sha256(repr(made_of).encode()).hexdigest()
