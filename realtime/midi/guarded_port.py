"""The engine's end of a MIDI port that a guardian process owns."""

import os
import threading
import time

from realtime.midi.messages import (
    HANG_SECONDS,
    HEARTBEAT,
    HEARTBEAT_SECONDS,
    LONGEST_LOOK_SECONDS,
    SUSPECT_SECONDS,
    PortOpened,
    StillThere,
)
from realtime.midi.patience import Patience, processor_of
from realtime.processes.json_line_child import JsonLineChild
from realtime.processes.message_lines import Failed
from realtime.processes.start import python_command
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble

OPEN_SECONDS = 5.0
"""A guardian opens its port within this, on a machine with a core to spare."""
START_TIMES = 2.0
"""A new guardian that says nothing for so many times that long is ended, and another is started."""
RETRY_SECONDS = 1.0
CLOSE_SECONDS = 2.0
Report = PortOpened | Failed | StillThere


def open_seconds() -> float:
    """How long to wait for a port: longer where a new process waits for a core with others."""
    try:
        return OPEN_SECONDS * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    except (AttributeError, OSError):  # Windows does not tell
        return OPEN_SECONDS


class GuardedPort:
    """Writes to the guardian without ever waiting for it, and starts a new one where it died.

    A guardian in between costs a pipe (about 0.1 ms) and buys two things: when the engine is killed
    the notes still end, and a MIDI system that hangs or crashes takes only the guardian with it.

    A guardian that hangs is ended: its port goes with it, and what sounded ends through the next,
    which was started on the first suspicion and only has to open the port.

    Args:
        port: name of an existing port, or "virtual".
        active_sensing: whether the port shall say all the time that it is there.

    Raises:
        UserError: if the port cannot be opened now.
    """

    def __init__(self, port: str, active_sensing: bool = False) -> None:
        self._wanted = port
        self._options = ["--active-sensing"] if active_sensing else []
        self._successor: JsonLineChild[Report] | None = None
        """Waits to open the port, while the guardian is suspected of hanging."""
        self._had = ""
        """Full name of the port that was opened last."""
        self._spoke = False
        """Whether the guardian was heard from since the last look."""
        self._patience: Patience | None = None
        """Time that the guardian is given; None until it is first heard from."""
        self._started_at = 0.0
        self._beat_at = 0.0
        self.name = ""
        self.trouble: Trouble | None = None
        self._closed = False
        self._reopened = False
        self._retry_at = 0.0
        self._start()
        if not self._opened.wait(open_seconds()) or not self.name:
            trouble = self.trouble or Trouble(Code.PORT_SILENT, name=port)
            self.close()
            raise UserError(trouble)

    def write(self, messages: bytes) -> bool:
        """Hand messages of three bytes over; False if nobody takes them."""
        return bool(self.name) and self._guardian.write(messages)

    def poll(self) -> bool:
        """Start a new guardian where the old one is gone or hangs, once a second at most."""
        now = time.monotonic()
        if now >= self._beat_at and not self._closed:
            self._look_after(now)
            self._beat_at = now + HEARTBEAT_SECONDS
            self.write(HEARTBEAT)
        if not self._closed and not self._guardian.alive and now >= self._retry_at:
            self.name = ""
            self.trouble = self.trouble or Trouble(Code.PORT_LOST, name=self._wanted)
            self._retry_at = now + RETRY_SECONDS
            self._reopened = True
            self._guardian.release()
            self._start()
        if self._reopened and self.name:
            self._reopened = False
            return True
        return False

    def close(self) -> None:
        """End the guardian; it silences what sounds."""
        if self._closed:
            return
        self._closed = True
        self._dismiss()
        self._guardian.end(CLOSE_SECONDS)
        self._reader.join(CLOSE_SECONDS)

    def _look_after(self, now: float) -> None:
        """End a guardian that hangs, and have another ready where it may."""
        if self._spoke:
            self._spoke = False
            self._patience = self._patience or Patience(self._guardian.pid, LONGEST_LOOK_SECONDS)
            self._patience.heard(now)
            self._dismiss()
            return
        if self._patience is None:
            hangs = now - self._started_at > START_TIMES * open_seconds()
        else:
            silent_s = self._patience.look(now, processor_of(self._patience.process))
            hangs = silent_s > HANG_SECONDS
            if silent_s > SUSPECT_SECONDS and self._successor is None and self._guardian.alive:
                self._successor = self._new_guardian("--waits")
        if hangs:
            self._guardian.kill()
            self._guardian.wait()

    def _dismiss(self) -> None:
        """Let the successor go, where there is one."""
        if self._successor is not None:
            self._successor.end_unwatched()
            self._successor.follow(lambda report: None, lambda code: None)
            self._successor = None

    def _new_guardian(self, *options: str) -> "JsonLineChild[Report]":
        words = [*self._options, *options, f"--after={self._had}", "--", self._wanted]
        kinds: tuple[type[Report], ...] = (PortOpened, Failed, StillThere)
        return JsonLineChild(python_command("realtime.midi.guardian", *words), kinds)

    def _start(self) -> None:
        guardian, self._successor = self._successor, None
        if guardian is None or not guardian.write(HEARTBEAT):
            guardian = self._new_guardian()
        self._guardian = guardian
        opened = self._opened = threading.Event()
        self._spoke, self._patience, self._started_at = False, None, time.monotonic()

        def on_message(report: Report) -> None:
            if guardian is self._guardian:
                self._spoke = True
            if isinstance(report, StillThere):
                return
            self.name = "" if isinstance(report, Failed) else report.name
            self._had = self.name or self._had
            self.trouble = report.trouble if isinstance(report, Failed) else None
            opened.set()

        self._reader = guardian.follow(on_message, lambda code: opened.set())
