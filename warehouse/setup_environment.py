"""Makes every Python program of this virtual environment know the project's settings.

`python -m warehouse.setup_environment` writes a file that Python's `site` runs at each start. So
`dbt build` and `meltano run`, typed by hand, find the engines as the make targets do.
"""

import sysconfig
from pathlib import Path

# A single line, as `site` wants it. A checkout that has moved, or settings that this user may not
# read, must not break every program here: those that need the settings say what is missing.
_LINE = """\
import contextlib; exec("with contextlib.suppress(ImportError, OSError): \
import warehouse.environment; warehouse.environment.load()")
"""


def main() -> None:
    """Write the file."""
    folder = Path(sysconfig.get_path("purelib"))
    (folder / "warehouse-environment.pth").write_text(_LINE, encoding="utf-8")


if __name__ == "__main__":
    main()
