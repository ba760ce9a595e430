"""What there is to export, as the ledger of the archive tells it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from warehouse import queries

# What the ledger says was ever added to a table, and of sales to a month.
_PARTS = """
    select
        table_name,
        to_char(sale_month, 'YYYY-MM'),
        sum(rows_added)::bigint,
        sum(quantity_added)::bigint,
        sum(amount_added),
        max(entry)
    from archive.archive_ledger
    group by table_name, sale_month
    order by table_name, sale_month
"""

_CHAIN = "select entry, chain_hash, archived_at from archive.archive_ledger"

# A moment of which a later entry speaks: rows of it have changed since (a customer was erased).
_REWRITTEN = """
    select
        table_name,
        max(entry)
    from (
        select
            table_name,
            entry,
            row_number() over (
                partition by table_name, source_system, sale_month, archived_at order by entry
            ) as nth
        from archive.archive_ledger
    ) as entries
    where nth > 1
    group by table_name
"""


@dataclass(frozen=True)
class Part:
    """A file: a table of the archive, or a month of it.

    Attributes:
        table: Its name.
        month: Of sales, as 2026-10.
        rows: How many rows it has, and of sales the sums of quantity and amount.
        entry: The last entry of the ledger that speaks of it.
        chain_hash: That entry's: no other state of this or any archive has it.
    """

    table: str
    month: str | None
    rows: int
    quantity: int | None
    amount: Any
    entry: int
    chain_hash: str

    @property
    def path(self) -> Path:
        """Where readers by path find it, within the folder of the export."""
        folder = Path(self.table) / f"month={self.month}" if self.month else Path(self.table)
        return folder / f"{self.table}.parquet"

    @property
    def totals(self) -> tuple[Any, ...]:
        """What the ledger says of it: rows, and of sales quantity and amount."""
        return (self.rows, self.quantity, self.amount) if self.month else (self.rows,)

    @property
    def condition(self) -> str:
        """Its rows among those of its table."""
        return f"sale_month = '{self.month}-01'" if self.month else "1"


@dataclass(frozen=True)
class Ledger:
    """The archive as its ledger tells it at a moment.

    Attributes:
        parts: Those that have rows.
        chain: The chain_hash of each entry.
        rewritten: The last entry, by table, with which rows that were there before have changed.
        known_at: The moment at which rows entered last.
    """

    parts: Sequence[Part]
    chain: Mapping[int, str]
    rewritten: Mapping[str, int]
    known_at: datetime | None

    @classmethod
    def read(cls) -> "Ledger":
        """Read it from Greenplum."""
        chain, moments = {}, []
        for entry, chain_hash, archived_at in queries.run(_CHAIN, "greenplum")[1]:
            chain[int(entry)] = chain_hash
            moments.append(archived_at)
        parts = [
            Part(table, month, rows, quantity, amount, entry, chain[int(entry)])
            for table, month, rows, quantity, amount, entry in queries.run(_PARTS, "greenplum")[1]
            if rows
        ]
        rewritten = {table: int(entry) for table, entry in queries.run(_REWRITTEN, "greenplum")[1]}
        return cls(parts, chain, rewritten, max(moments, default=None))

    @property
    def last_entry(self) -> int:
        """The number of the last entry; 0 of an archive that holds nothing."""
        return max(self.chain, default=0)
