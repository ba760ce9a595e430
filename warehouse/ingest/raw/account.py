"""The account of a file's lines."""

from dataclasses import dataclass, field


@dataclass
class Account:
    """What became of the lines of a file.

    A record with line breaks in its quoted fields counts as one line.

    Attributes:
        loaded: Rows in the raw table.
        rejected: Lines in `raw._rejects`.
        notes: What the user should know about the file, though it is loaded.
    """

    loaded: int = 0
    rejected: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def read(self) -> int:
        """Lines read."""
        return self.loaded + self.rejected
