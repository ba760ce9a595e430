"""The tap and the target, as the tests run them."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support import PROGRAMS, Warehouse

# What every stream says of its lines.
SALES = {"rows": "sales", "customer": "none"}

# The stream that most tests load: three columns that mean nothing.
THINGS = {"name": "things", "files": "*.csv", "columns": ["a", "b", "c"], **SALES}


@dataclass
class Ingestion:
    """The tap and the target, run by hand on the files of one folder."""

    warehouse: Warehouse
    folder: Path
    scratch: Path
    streams: Sequence[Mapping[str, Any]] = (THINGS,)

    target_config: Mapping[str, Any] = field(default_factory=dict)

    def write(self, name: str, content: str | bytes, *, age_seconds: int = 0) -> Path:
        """Write a source file, as if that had been some time ago."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        if age_seconds:
            long_ago = path.stat().st_mtime - age_seconds
            os.utime(path, (long_ago, long_ago))
        return path

    def tap_config(self) -> Path:
        """Write the tap's configuration."""
        source = {"name": "lab", "folder": str(self.folder), "streams": self.streams}
        return self._write_json("tap.json", {"sources": [source]})

    def extract(
        self, state: Mapping[str, Any] | None = None, *, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run the tap."""
        arguments: list[str | Path] = ["--config", self.tap_config()]
        if state is not None:
            arguments += ["--state", self._write_json("state.json", state)]
        return self.warehouse.run("tap-files", *arguments, check=check)

    def messages(self, state: Mapping[str, Any] | None = None) -> Path:
        """Run the tap and return the file of its messages."""
        path = self.scratch / "messages.jsonl"
        path.write_text(self.extract(state).stdout)
        return path

    def load(
        self, messages: Path | None = None, *, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run the target, after the tap if there are no messages yet."""
        arguments = self.target_arguments(messages or self.messages())
        return self.warehouse.run(*arguments, check=check)

    def move_to(self, home: Path, **settings: str) -> None:
        """Keep what is fetched in a folder of its own; PostgreSQL stays where it is."""
        address = {
            name: self.warehouse.setting(name)
            for name in ("POSTGRES_HOST", "POSTGRES_PORT", "POSTGRES_USER", "POSTGRES_PASSWORD")
        }
        self.warehouse = self.warehouse.with_settings(
            **address, WAREHOUSE_HOME=str(home), **settings
        )

    def start_target(self, messages: Path) -> subprocess.Popen[str]:
        """Start the target, and do not wait for its end."""
        program, *arguments = self.target_arguments(messages)
        return subprocess.Popen(
            [PROGRAMS / program, *arguments],
            env=self.warehouse.environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def target_arguments(self, messages: Path) -> tuple[str, ...]:
        """The command line of the target."""
        config = self.write_target_config()
        return ("target-warehouse", "--config", str(config), "--input", str(messages))

    def write_target_config(self) -> Path:
        """Write the target's configuration."""
        return self._write_json("target.json", self.target_config)

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Ask the test's database."""
        return self.warehouse.query(statement)

    def things(self) -> list[tuple[Any, ...]]:
        """All rows of raw.things in the order of their origin."""
        return self.query("select a, b, c from raw.things order by _source_file, _source_line")

    def log(self) -> list[tuple[Any, ...]]:
        """The load log in short, without the folder's name."""
        return self.query(
            "select substr(source_file, 5), status, lines_read, rows_loaded, rows_rejected "
            "from raw._loads order by load_id"
        )

    def rejects(self, name: str) -> list[tuple[Any, ...]]:
        """Line number, reason and line of a file's rejects."""
        return self.query(
            "select source_line, reason, line from raw._rejects "
            f"where source_file = 'lab/{name}' order by source_line"
        )

    def _write_json(self, name: str, value: object) -> Path:
        path = self.scratch / name
        path.write_text(json.dumps(value))
        return path
