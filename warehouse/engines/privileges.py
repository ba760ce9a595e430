"""Running PostgreSQL's programs, which refuse to run as root, for a user who is root.

They run as another user: the owner of the warehouse's folder, or `nobody` where that is root. Such
a user may be unable to reach the folder, as when the checkout lies in root's home. Rather than open
the folder to everyone, the programs are given the one capability they need: to pass through
folders without being asked who they are.
"""

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from warehouse.errors import UserError

# The least first. Containers tend to have the last but not the one before, which allows less.
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


def give_away(folder: Path) -> None:
    """Give a folder that root has just made for PostgreSQL to the user that is to run it."""
    if os.geteuid() != 0:
        return
    user = pwd.getpwnam("nobody")
    with contextlib.suppress(KeyError):  # a mounted folder's owner may have no name here
        owner = pwd.getpwuid(folder.parent.stat().st_uid)
        user = owner if owner.pw_uid != 0 else user
    os.chown(folder, user.pw_uid, user.pw_gid)


def account_for(folder: Path, program: Path) -> Account:
    """Return the account that can run `program` and write to `folder`: the folder's owner.

    Raises:
        UserError: the user is root, and the system has no way to run PostgreSQL as another.
    """
    owner = folder.stat()
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    if owner.st_uid == 0:
        raise UserError(
            f"{folder} belongs to root, and PostgreSQL refuses to run as root: "
            f"give it to another user with 'chown -R nobody {folder}'"
        )
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise UserError(
            "PostgreSQL refuses to run as root, and setpriv (of util-linux), which would start it "
            "as another user, is not installed: run this as an ordinary user"
        )
    for capability in _CAPABILITIES:
        prefix = (setpriv, *_options(owner, capability))
        probe: list[str | Path] = [*prefix, sys.executable, "-ISc", _PROBE, program, folder]
        if subprocess.run(probe, capture_output=True, check=False).returncode == 0:
            return Account(owner.st_uid, owner.st_gid, prefix)
    raise UserError(
        f"PostgreSQL refuses to run as root, and the user {_name(owner.st_uid)} cannot reach "
        f"{folder.parent}: run this as an ordinary user, or let all users enter that folder"
    )


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _options(user: os.stat_result, capability: str | None) -> list[str]:
    options = [f"--reuid={user.st_uid}", f"--regid={user.st_gid}", "--clear-groups"]
    if capability is None:
        return [*options, "--inh-caps=-all"]
    return [
        *options,
        f"--inh-caps=-all,+{capability}",
        f"--ambient-caps=+{capability}",
        # Without it access(2) takes no notice of capabilities when the user is not root.
        "--securebits=+no_setuid_fixup",
    ]
