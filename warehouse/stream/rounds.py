"""Rounds: what has come since the last one is loaded, built, and told in a line."""

import time
from contextlib import suppress
from datetime import UTC, datetime

from warehouse import environment, terminal
from warehouse.engines.lock import BusyError, exclusive
from warehouse.errors import UserError
from warehouse.ingest.errors import RefusedFileError
from warehouse.ingest.kafka import loading
from warehouse.ingest.kafka.loading import Loaded, TopicStream
from warehouse.notify import told
from warehouse.runs.record import Run
from warehouse.stream.stopping import Stop
from warehouse.stream.tables import Tables

ROAD = "stream"


class Rounds:
    """The rounds of a stream.

    Attributes:
        messages: How many messages were loaded, in all rounds.
    """

    def __init__(self, streams: list[TopicStream], stop: Stop, *, notify: bool) -> None:
        """Begin with a round that builds whatever was loaded before.

        Args:
            streams: Those that are loaded.
            stop: Is asked between two steps.
            notify: Whether people are told of what fails, by the channels of the settings.
        """
        self.messages = 0
        self._streams = streams
        self._stop = stop
        self._notify = notify
        self._tables = Tables()
        # When the oldest message was sent that is not in the tables yet.
        self._oldest: float | None = None
        self._is_first = True
        self._is_busy = False
        self._wrong = ""
        self._remarks: set[str] = set()

    def walk(self) -> None:
        """Walk one round. What goes wrong is told, and left to the next one.

        Raises:
            StoppedError: Somebody wishes it, and the step that was under way is done.
        """
        run = Run(ROAD, is_written=False)
        try:
            with exclusive(environment.home(), "road", patience=0):
                self._is_busy = False
                self._load_and_build(run)
        except BusyError:
            # Once, until it is free again: it may be a backup of an hour.
            if not self._is_busy:
                self._say("another `warehouse` command is at work: waiting for its end")
            self._is_busy = True
        except UserError as error:
            self._failed(run, " ".join(str(error).split()))
        else:
            self._went_well(run)

    def _load_and_build(self, run: Run) -> None:
        refused = self._load(run)
        if not self._tables.hold_all():
            self._stop.check()
            self._tables.build(run, self._stop)
            self._say(f"{_steps(run)}{self._waited()}{self._left()}")
            self._oldest = None
        if refused:
            raise UserError(refused)

    def _load(self, run: Run) -> str:
        """Load what is new.

        Returns:
            Why a topic was not loaded; it keeps no other one out, and the build neither.
        """
        loaded = Loaded()
        with suppress(_RefusedError), run.step("load") as step:
            loaded = loading.load(self._streams)
            self.messages += loaded.messages
            step.load = {
                "files": loaded.segments,
                "lines": loaded.messages,
                "rejected": loaded.rejected,
                "refused": [],
            }
            if loaded.refused:
                raise _RefusedError("; ".join(loaded.refused))
        if self._oldest is None:
            self._oldest = loaded.oldest
        for remark in dict.fromkeys(loaded.remarks):
            if remark not in self._remarks:
                self._remarks.add(remark)
                terminal.warn(remark)
        return "; ".join(loaded.refused)

    def _went_well(self, run: Run) -> None:
        if self._is_first or self._wrong:
            self._write(run)
        self._is_first, self._wrong = False, ""

    def _failed(self, run: Run, why: str) -> None:
        terminal.fail(f"this round failed: {why}{self._waited()}{self._left()}")
        # Told once: the next rounds most likely fail for the same reason.
        if why != self._wrong:
            self._write(run)
        self._is_first, self._wrong = False, why

    def _write(self, run: Run) -> None:
        run.write()
        if self._notify:
            told.tell(run.id, road=ROAD)

    def _waited(self) -> str:
        """How long the oldest message that is shown now, or is not yet, has waited for it."""
        if self._oldest is None:
            return ""
        return f"; the oldest has waited {terminal.duration(time.time() - self._oldest)}"

    def _left(self) -> str:
        """How many messages are behind; nothing where that cannot be told."""
        with suppress(UserError, RefusedFileError):
            return f"; {loading.left(self._streams):,} messages behind"
        return ""

    def _say(self, text: str) -> None:
        terminal.say(f"{datetime.now(UTC):%H:%M:%S} {text}")


class _RefusedError(UserError):
    """A topic was not loaded."""


def _steps(run: Run) -> str:
    """What was done, with the seconds of each step."""
    messages = sum(step.load["lines"] for step in run.steps if step.load)
    took = ", ".join(f"{step.step} {step.seconds:.1f}" for step in run.steps)
    whole = sum(step.seconds for step in run.steps)
    return f"{messages:,} messages shown in {whole:.1f} s ({took})"
