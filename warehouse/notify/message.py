"""One message for one run."""

import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from warehouse.notify.findings import Finding

FAILED = "failed"
WARNED = "warned"
WELL_AGAIN = "well again"
TEST = "test"


@dataclass(frozen=True)
class Message:
    """What is told of a run.

    Attributes:
        event: failed, warned, well again, or test.
        road: The road.
        run: The run's id.
        since: The moment of the first run that was not well, in UTC.
        findings: What is told.
        lines: How many lines were loaded.
        link: Where to see more.
    """

    event: str
    road: str
    run: str = ""
    since: str = ""
    findings: Sequence["Finding"] = field(default_factory=list)
    lines: int | None = None
    link: str = ""

    @property
    def subject(self) -> str:
        """A line that says it all."""
        if self.event == TEST:
            return "warehouse: this is a test, and it arrived"
        if self.event == WELL_AGAIN:
            return f"warehouse: {self.road} is well again"
        more = f" (and {len(self.findings) - 1} more)" if self.findings[1:] else ""
        return f"warehouse: {self.road} {self.event}: {self.findings[0].text}{more}"

    @property
    def text(self) -> str:
        """The whole, for people."""
        lines = [self.subject, ""]
        for finding in self.findings:
            lines += [f"- {finding.text}", f"  {finding.advice}"]
        if self.since:
            lines += ["", f"Not well since {self.since}."]
        if self.lines is not None:
            lines += ["", f"{self.lines:,} lines were loaded in this run."]
        if self.link:
            lines += ["", self.link]
        return "\n".join([*lines, "", f"From {socket.gethostname()}."])

    @property
    def json(self) -> dict[str, Any]:
        """The whole, for programs."""
        return {
            "event": self.event,
            "road": self.road,
            "run": self.run,
            "since": self.since,
            "findings": [
                {"kind": each.kind, "what": each.what, "text": each.text, "advice": each.advice}
                for each in self.findings
            ],
            "lines": self.lines,
            "link": self.link,
            "text": self.subject,
        }


def without_values(text: str) -> str:
    """Return what a program said without the values in it, which may be those of a customer.

    What stands in quotes or in brackets behind an equals sign is one, and so are addresses.
    """
    text = re.sub(r"=\s*\([^)]*\)", "=(…)", text)
    text = re.sub(r"\S+@\S+", "…", text)
    return re.sub(r"'[^']*'|\"[^\"]*\"|“[^”]*”", "'…'", text)
