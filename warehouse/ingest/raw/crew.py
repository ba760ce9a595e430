"""Loads files side by side, and has them appear one after the other."""

import queue
import threading

from psycopg2.extensions import connection as Connection  # noqa: N812

from warehouse.ingest.raw import tables
from warehouse.ingest.raw.load import Loader, Progress
from warehouse.ingest.raw.plan import Task
from warehouse.ingest.raw.turns import Outcome, Turn
from warehouse.ingest.singer.session import new_session, session


class Crew:
    """Loads files side by side, each in a thread and a session of its own.

    The threads die with the process, and the server rolls back what they were at.
    """

    def __init__(self, size: int) -> None:
        """Have up to `size` files under way at a time."""
        # Sessions that are free; None is one that has not been needed yet.
        self._free: queue.SimpleQueue[Connection | None] = queue.SimpleQueue()
        for _ in range(size):
            self._free.put(None)
        self._last: Outcome | None = None
        self._keeps_others_out = False

    def keep_others_out(self) -> None:
        """Wait until no other process loads, and keep others waiting to the end."""
        if not self._keeps_others_out:
            tables.keep_other_loads_out(session())
            self._keeps_others_out = True

    def load(self, loader: Loader, task: Task, progress: Progress) -> Outcome:
        """Begin to load a file, as soon as there is a free session."""
        connection = self._free.get() or new_session()
        turn = Turn(connection, self._last)
        outcome = Outcome()
        self._last = outcome
        threading.Thread(
            target=self._run, args=(loader, task, turn, progress, outcome), daemon=True
        ).start()
        turn.has_begun.wait()
        return outcome

    def _run(
        self,
        loader: Loader,
        task: Task,
        turn: Turn,
        progress: Progress,
        outcome: Outcome,
    ) -> None:
        try:
            outcome.set_result(loader.load(task, turn, progress))
        except BaseException as error:
            outcome.set_exception(error)
        finally:
            turn.begun()
            self._free.put(turn.connection)
