"""Source files, given as patterns."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from warehouse.errors import UserError

_WILDCARD = re.compile(r"[*?\[]")


def without_sheets(
    root: Path, patterns: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str | None]]:
    """The patterns without the sheets behind them, as in `x.xlsx#May`, and the sheets.

    A name with a number sign in it is none with a sheet, if there is such a file.
    """
    plain: dict[str, str] = dict(patterns)
    sheets: dict[str, str | None] = dict.fromkeys(patterns)
    for kind, pattern in patterns.items():
        before, sign, sheet = pattern.rpartition("#")
        path = root / Path(pattern).expanduser()
        if sign and sheet and not any(path.parent.glob(path.name)):
            plain[kind], sheets[kind] = before, sheet
    return plain, sheets


def common_folder(root: Path, patterns: Mapping[str, str]) -> tuple[Path, dict[str, str]]:
    """The folder that all patterns begin with, and the rest of each.

    Args:
        root: What a relative pattern is relative to.
        patterns: By the kind of files.

    Returns:
        The folder, relative to `root` if it lies in it.
    """
    whole = {kind: root / Path(pattern).expanduser() for kind, pattern in patterns.items()}
    folder = Path(os.path.commonpath([_fixed_part(path) for path in whole.values()]))
    rest = {kind: path.relative_to(folder).as_posix() for kind, path in whole.items()}
    return folder.relative_to(root) if folder.is_relative_to(root) else folder, rest


def matching(
    folder: Path, patterns: Mapping[str, str], sheets: Mapping[str, str | None]
) -> dict[str, list[Path]]:
    """The files of each kind, in the order of their names; of one workbook each a sheet.

    Raises:
        UserError: There are none of a kind, or a file is of two kinds.
    """
    found: dict[str, list[Path]] = {}
    seen: set[tuple[Path, str | None]] = set()
    for kind, pattern in patterns.items():
        found[kind] = sorted(
            path
            for path in folder.glob(pattern)
            if path.is_file() and not path.name.startswith("~$")
        )
        if not found[kind]:
            raise UserError(
                f"no file matches {folder / pattern}: give a pattern such as 'data/bakery/*.csv', "
                f"relative to the project, of which there is a file already"
            )
        taken = {(path, sheets.get(kind)) for path in found[kind]}
        if twice := sorted(seen & taken):
            raise UserError(
                f"{twice[0][0]} matches two patterns: each file is of one kind, or has a sheet for "
                f"each, as in 'x.xlsx#Sales'"
            )
        seen |= taken
    return found


def _fixed_part(path: Path) -> Path:
    """The folders of a pattern before its first wildcard."""
    parts = path.parts[:-1]
    wild = next((n for n, part in enumerate(parts) if _WILDCARD.search(part)), len(parts))
    return Path(*parts[:wild])
