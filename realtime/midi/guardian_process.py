"""The process of a guardian as the engine sees it: what it told, and for how long it is silent."""

import threading
import time

from realtime.midi.messages import (
    HEARTBEAT,
    LONGEST_LOOK_SECONDS,
    SUSPECT_SECONDS,
    PortOpened,
    StillThere,
)
from realtime.midi.watchdog import Watchdog, processor_of
from realtime.processes.json_line_child import JsonLineChild
from realtime.processes.message_lines import Failed
from realtime.processes.start import python_command
from realtime.troubles.trouble import Trouble

Report = PortOpened | Failed | StillThere
KILL_SECONDS = 0.1
"""Waited for a process that was killed; one that hangs in the system's own code takes longer."""


class GuardianProcess:
    """A guardian that was started; none of its methods waits for it, but for `end`.

    It is in a process group of its own: what a terminal sends (Ctrl-Z stops, SIGQUIT kills), and
    whoever kills all of our group, reaches the engine alone, and the notes end.

    Args:
        words: its command line.
    """

    def __init__(self, *words: str) -> None:
        kinds: tuple[type[Report], ...] = (PortOpened, Failed, StillThere)
        command = python_command("realtime.midi.guardian", *words)
        self._child: JsonLineChild[Report] = JsonLineChild(command, kinds, apart=True)
        self._watchdog = Watchdog(self._child.pid, LONGEST_LOOK_SECONDS, starts=True)
        self._spoke = self._killed = False
        self.has_answered = False
        """Whether it has ever spoken."""
        self.silent_s = 0.0
        """For how long it could have spoken, or got on with its start, at the last look."""
        self._asked_at = time.monotonic()
        """When it was last asked to open its port."""
        self.answered = threading.Event()
        """Set once it has opened its port, has failed, or has ended."""
        self.name = ""
        """Full name of the port that it has open."""
        self.trouble: Trouble | None = None
        """Why it has none."""
        self._reader = self._child.follow(self._on_report, lambda code: self.answered.set())

    @property
    def alive(self) -> bool:
        """Whether it runs, and was not killed."""
        return not self._killed and self._child.alive

    def write(self, messages: bytes) -> bool:
        """Hand messages over without waiting; False where it did not take all of them."""
        return self._child.write(messages)

    def request_port(self) -> bool:
        """Ask one that waits to open its port; False where it is gone or has hung for a while."""
        self._asked_at = time.monotonic()
        return self.silent_s <= SUSPECT_SECONDS and self.write(HEARTBEAT)

    def late_s(self, now: float) -> float:
        """For how many seconds it has not answered the wish for a port."""
        return 0.0 if self.answered.is_set() else now - self._asked_at

    def update(self, now: float) -> None:
        """Look after it, some ten times a second, at this moment of the monotonic clock."""
        if self._spoke:
            self._spoke, self.silent_s = False, 0.0
            self._watchdog.reset(now)
        else:
            self.silent_s = self._watchdog.update(now, processor_of(self._watchdog.process))

    def kill(self) -> None:
        """End it now, whatever it does."""
        self._killed = True
        self._child.kill()
        self._child.release()
        self._reader.join(KILL_SECONDS)

    def dismiss(self) -> None:
        """Ask it to end, and kill it where it does not; nobody waits."""
        self._child.end_unwatched()

    def end(self, patience_s: float) -> None:
        """Ask it to silence what sounds and to end; after `patience_s` seconds it is killed."""
        self._child.end(patience_s)
        self._reader.join(patience_s)

    def _on_report(self, report: Report) -> None:
        self._spoke = self.has_answered = True
        if isinstance(report, StillThere):
            return
        self.name = "" if isinstance(report, Failed) else report.name
        self.trouble = report.trouble if isinstance(report, Failed) else None
        self.answered.set()
