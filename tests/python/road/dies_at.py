"""A program that dies at the n-th step that others can see, as if the power had gone.

Run as `python dies_at.py N warehouse …`. A step is a file renamed, linked or deleted, metadata of a
table written, or a commit to the catalogue; the program ends before it takes the N-th.
"""

import os
import sys
from types import FrameType
from typing import Any

from warehouse import cli

SIGNED_OFF = 137

_FILE_STEPS = (os.replace, os.rename, os.link, os.unlink, os.remove)
# Of pyiceberg's catalogue: metadata are written, and then they count.
_TABLE_STEPS = ("_write_metadata", "commit")
_TABLE_FILES = ("pyiceberg/catalog/__init__.py", "sqlalchemy/orm/session.py")

_left = 0


def _watch(frame: FrameType, event: str, argument: Any) -> None:
    global _left
    is_step = (event == "c_call" and argument in _FILE_STEPS) or (
        event == "call"
        and frame.f_code.co_name in _TABLE_STEPS
        and frame.f_code.co_filename.endswith(_TABLE_FILES)
    )
    if is_step:
        _left -= 1
        if not _left:
            os._exit(SIGNED_OFF)


if __name__ == "__main__":
    _left = int(sys.argv[1])
    sys.argv = sys.argv[2:]
    sys.setprofile(_watch)
    cli.main()
