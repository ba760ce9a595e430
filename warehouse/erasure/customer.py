"""A customer, as the warehouse names one."""

import hashlib
import re
import uuid
from dataclasses import dataclass

from warehouse import queries
from warehouse.errors import UserError
from warehouse.ingest.raw import register, spelling


@dataclass(frozen=True)
class Customer:
    """A customer of a source system.

    Attributes:
        source_system: Its name.
        customer_id: The number there, as staging spells it.
    """

    source_system: str
    customer_id: str

    @classmethod
    def read(cls, source_system: str, customer_id: str, known_systems: list[str]) -> "Customer":
        """Take what the user typed, spelled as staging spells it.

        Raises:
            UserError: There can be no such customer.
        """
        if source_system not in known_systems:
            raise UserError(
                f"{source_system!r} is no source system: choose {' or '.join(known_systems)}"
            )
        with queries.connected() as connection, connection.cursor() as cursor:
            cleaned = register.spelled(cursor, source_system, customer_id)
        if not cleaned or re.search(r"\s", cleaned):
            raise UserError(f"{customer_id!r} is no customer's number: give it as ID=…")
        return cls(source_system, cleaned)

    @property
    def is_in_any_case(self) -> bool:
        """Whether the number is the same in any letter case."""
        return spelling.is_in_any_case(self.source_system)

    @property
    def key(self) -> uuid.UUID:
        """The surrogate key, as macros/sources/surrogate_key.sql makes it."""
        text = f"{self.source_system}|{self.customer_id}"
        return uuid.UUID(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest())

    def __str__(self) -> str:
        """For messages."""
        return f"customer {self.customer_id} of {self.source_system}"
