"""The wish of a user or a service manager that a command ends, heard where it suits."""

import signal
import threading
from types import FrameType


class StoppedError(Exception):
    """The command is to end here: nothing is half done."""


class Stop:
    """Hears Ctrl+C and SIGTERM; who works asks for them between two steps."""

    def __init__(self) -> None:
        self._wished = threading.Event()
        self._usual = signal.getsignal(signal.SIGINT)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._hear)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self._wished.set()
        # Who asks twice does not want to wait for the end of the step.
        signal.signal(signal.SIGINT, self._usual)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

    def check(self) -> None:
        """Go on, if nobody wishes otherwise.

        Raises:
            StoppedError: Somebody does.
        """
        if self._wished.is_set():
            raise StoppedError

    def pause(self, seconds: float) -> None:
        """Wait, for less time if the command is to end.

        Raises:
            StoppedError: It is.
        """
        self._wished.wait(seconds)
        self.check()
