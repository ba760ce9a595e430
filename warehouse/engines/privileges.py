"""Running PostgreSQL's programs, which refuse to run as root, for a user who is root.

They run as another user: the owner of the warehouse's folder, or else `nobody`. That user may be
unable to reach the folder, as when the checkout lies in root's home. Rather than open the folder
to everyone, the programs are given the one capability they need, to search folders without asking.
"""

import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from warehouse.errors import UserError

# The least first. Containers tend to have the last but not the second, which is weaker.
_CAPABILITIES = (None, "dac_read_search", "dac_override")

# What PostgreSQL's programs ask at their start, asked in the same way (access(2)).
_PROBE = """
import os, sys
program, folder = sys.argv[1:]
sys.exit(not (os.access(program, os.R_OK | os.X_OK) and os.access(folder, os.W_OK | os.X_OK)))
"""


@dataclass(frozen=True)
class Account:
    """The user that PostgreSQL runs as, and how to become that user."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()

    def own(self, path: Path) -> None:
        """Give a file or folder to the account."""
        if self.prefix:
            os.chown(path, self.uid, self.gid)


def account_for(folder: Path, program: Path) -> Account:
    """Return the account that can run `program` and write to `folder`.

    A folder that root has just made is given to the account; any other keeps its owner.

    Raises:
        UserError: the user is root, and the system has no way to run PostgreSQL as another.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise UserError(
            "PostgreSQL refuses to run as root, and setpriv (of util-linux), which would start it "
            "as another user, is not installed: run this as an ordinary user"
        )
    user = _unprivileged_user(folder)
    os.chown(folder, user.pw_uid, user.pw_gid)
    for capability in _CAPABILITIES:
        prefix = (setpriv, *_options(user, capability))
        probe = [*prefix, sys.executable, "-ISc", _PROBE, str(program), str(folder)]
        if subprocess.run(probe, capture_output=True, check=False).returncode == 0:
            return Account(user.pw_uid, user.pw_gid, prefix)
    raise UserError(
        f"PostgreSQL refuses to run as root, and the user {user.pw_name} cannot reach "
        f"{folder.parent}: run this as an ordinary user, or set WAREHOUSE_HOME to a folder that "
        "all may enter"
    )


def _unprivileged_user(folder: Path) -> pwd.struct_passwd:
    for path in (folder, folder.parent):
        if owner := path.stat().st_uid:
            try:
                return pwd.getpwuid(owner)
            except KeyError:  # of a mounted folder; PostgreSQL wants a user with a name
                continue
    return pwd.getpwnam("nobody")


def _options(user: pwd.struct_passwd, capability: str | None) -> list[str]:
    options = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    if capability is None:
        return [*options, "--inh-caps=-all"]
    return [
        *options,
        f"--inh-caps=-all,+{capability}",
        f"--ambient-caps=+{capability}",
        # Without it access(2) takes no notice of capabilities when the user is not root.
        "--securebits=+no_setuid_fixup",
    ]
