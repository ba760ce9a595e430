"""The passwords of the dashboards' users, made once for each warehouse and kept in its folder."""

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from warehouse import environment
from warehouse.engines.configuration import write_privately

ADMIN = "admin"
VIEWER = "viewer"

_HEADER = "# The dashboards' users. Written by `make dashboards`, which reads it at each start."


@dataclass(frozen=True)
class Keys:
    """What guards Superset."""

    admin: str = field(repr=False)
    viewer: str = field(repr=False)
    # Signs sessions, and encrypts the engines' passwords in Superset's database.
    secret: str = field(repr=False)


def path() -> Path:
    """The file that keeps them."""
    return environment.home() / "dashboards.env"


def keys() -> Keys:
    """Return those of this warehouse; the first time they are made."""
    kept = dict(environment.read_file(path()))
    names = ("DASHBOARDS_ADMIN_PASSWORD", "DASHBOARDS_VIEWER_PASSWORD", "DASHBOARDS_SECRET_KEY")
    values = [kept.get(name) or secrets.token_urlsafe(18) for name in names]
    lines = [f"{name}={value}" for name, value in zip(names, values, strict=True)]
    write_privately(path(), "\n".join([_HEADER, *lines]) + "\n")
    return Keys(*values)
