"""The logins of the roles, and their passwords.

A role has two logins, of which programs are given one. To change a password without an outage, the
other one gets a new password; the former goes on to serve until nobody uses it any more.
"""

import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from warehouse import environment
from warehouse.engines.configuration import write_privately
from warehouse.errors import UserError

_HEADER = "# The logins of the roles, one for each program. Written by `warehouse roles`.\n"


@dataclass(frozen=True)
class Login:
    """What a program logs in with."""

    role: str
    user: str
    password: str = field(repr=False)

    @property
    def other(self) -> str:
        """The name of the role's other login."""
        return _names(self.role)[self.user == _names(self.role)[0]]


def place() -> Path:
    """The file that keeps them, readable by its owner alone."""
    return environment.home() / "roles.env"


def choose(roles: Iterable[str], rotated: Iterable[str]) -> list[Login]:
    """Return the login of each role: that which was kept, the other one of those that are rotated.

    A password is the environment's, else the one that was kept, else a new one.

    Raises:
        UserError: A role is to be rotated that there is not.
    """
    roles = list(roles)
    if unknown := sorted(set(rotated) - set(roles)):
        raise UserError(f"there is no role {unknown[0]}: the roles are {', '.join(roles)}")
    kept = dict(environment.read_file(place()))
    return [_choose(role, kept, is_rotated=role in set(rotated)) for role in roles]


def _choose(role: str, kept: dict[str, str], *, is_rotated: bool) -> Login:
    prefix = f"WAREHOUSE_{role.upper()}"
    user = kept.get(f"{prefix}_USER", _names(role)[0])
    password = kept.get(f"{prefix}_PASSWORD")
    if is_rotated:
        user, password = Login(role, user, "").other, None
    given = os.environ.get(f"{prefix}_PASSWORD")
    return Login(role, user, given or password or secrets.token_urlsafe(18))


def keep(logins: Iterable[Login]) -> None:
    """Write the logins to where the next `warehouse roles`, and their user, finds them."""
    lines = [
        f"WAREHOUSE_{login.role.upper()}_{name}={value}\n"
        for login in logins
        for name, value in (("USER", login.user), ("PASSWORD", login.password))
    ]
    environment.home().mkdir(parents=True, exist_ok=True)
    write_privately(place(), _HEADER + "".join(lines))


def _names(role: str) -> tuple[str, str]:
    return f"{role}_a", f"{role}_b"
