"""Handles SIGTERM and Ctrl-C during training: the run stops at the end of a step."""

import os
import signal
from typing import Any

ASKED = "\njtm: the run ends after this step and is saved; Ctrl-C once more ends at once\n"


class StopSignals:
    """Takes SIGTERM and Ctrl-C (SIGINT) over; a second Ctrl-C ends the process as ever.

    What Lightning found is put back by Lightning itself when a run ends.

    Args:
        speaks: whether this process says what it was asked; one of a run's is enough.
    """

    def __init__(self, speaks: bool = True) -> None:
        self.speaks = speaks
        self.asked = False

    def take_over(self) -> None:
        """Handle the signals from now on; call it in the main thread."""
        signal.signal(signal.SIGTERM, self._ask)
        signal.signal(signal.SIGINT, self._ask)

    def _ask(self, number: int, *_: Any) -> None:
        self.asked = True
        if number == signal.SIGINT:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            if self.speaks:
                os.write(2, ASKED.encode())  # print may be interrupted while it holds its lock


def leave_interrupts(worker: int) -> None:
    """Loader process `worker` ignores Ctrl-C: the step that is being computed needs its crops."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
