"""What is done before the service starts: `python -m orchestration.prepare`."""

import os
import sys

from orchestration import manifest, orphans
from warehouse import environment, terminal
from warehouse.errors import UserError
from warehouse.orchestrate import dagster_home

if __name__ == "__main__":
    environment.load()
    os.environ.setdefault("DAGSTER_HOME", str(dagster_home()))
    try:
        manifest.write()
    except UserError as error:
        terminal.fail(str(error))
        sys.exit(1)
    orphans.fail()
