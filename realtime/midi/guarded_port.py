"""The engine's end of a MIDI port that a guardian process owns."""

import os
import time

from realtime.midi.guardian_process import GuardianProcess
from realtime.midi.messages import (
    HANG_SECONDS,
    HEARTBEAT,
    HEARTBEAT_SECONDS,
    NOTE_OFF,
    NOTE_ON,
    SUSPECT_SECONDS,
)
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble

OPEN_SECONDS = 5.0
"""A guardian opens its port within this, on a machine with a core to spare."""
START_TIMES = 2.0
"""One that has not opened it after so many times that long is ended, and another is started."""
RETRY_SECONDS = 1.0
"""Between guardians that could not open the port; one that hangs or dies is followed at once."""
AWAIT_SECONDS = 3.0
LOOK_SECONDS = 0.02
CLOSE_SECONDS = 2.0


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
    which was started on the first suspicion and only has to open the port. The next is watched from
    its start on: whoever hangs, and how often, another takes its place.

    Args:
        port: name of an existing port, or "virtual".
        active_sensing: whether the port shall say all the time that it is there.

    Raises:
        UserError: if the port cannot be opened now.
    """

    def __init__(self, port: str, active_sensing: bool = False) -> None:
        self._wanted = port
        self._options = ["--active-sensing"] if active_sensing else []
        self._had = ""
        """Full name of the port that was opened last."""
        self._guardian = self._new_guardian()
        self._successor: GuardianProcess | None = None
        """Waits to open the port, while the guardian is suspected of hanging."""
        self._mute = 0
        """Guardians in a row that stood still and were ended before they had ever spoken."""
        self._beat_at = 0.0
        self.name = ""
        self.trouble: Trouble | None = None
        self._closed = False
        self._reopened = False
        self._hung = False
        """Whether the guardian was ended because it hung."""
        self._retry_at = 0.0
        self._used: set[tuple[int, int]] = set()
        """(channel, key) of every note that was ever handed over."""
        self._guardian.answered.wait(open_seconds())
        self._learn()
        if not self.name:
            trouble = self.trouble or Trouble(Code.PORT_SILENT, name=port)
            self.close()
            raise UserError(trouble)

    def write(self, messages: bytes) -> bool:
        """Hand messages of three bytes over; False if nobody takes them."""
        self._used.update(
            (status & 0x0F, key)
            for status, key in zip(messages[::3], messages[1::3], strict=True)
            if status & 0xF0 == NOTE_ON
        )
        return bool(self.name) and self._guardian.write(messages)

    def poll(self) -> bool:
        """Start a new guardian where the old one is gone or hangs. True if the port is new."""
        now = time.monotonic()
        if now >= self._beat_at and not self._closed:
            self._check_guardian(now)
            self._beat_at = now + HEARTBEAT_SECONDS
            self.write(HEARTBEAT)
        self._learn()
        if not self._closed and not self._guardian.alive:
            self.trouble = self.trouble or Trouble(Code.PORT_LOST, name=self._wanted)
            if self._hung or self._guardian.name or now >= self._retry_at:
                self._retry_at = now + RETRY_SECONDS
                self._reopened = True
                self._guardian.dismiss()
                self._follow_up()
        if self._reopened and self.name:
            self._reopened = False
            return True
        return False

    def await_port(self) -> None:
        """Wait until a port that was lost is open again, at most `AWAIT_SECONDS`.

        Where the next guardian finds no port either, nobody waits any longer.
        """
        until_s = time.monotonic() + AWAIT_SECONDS
        self.poll()
        while not self.name and not self._guardian.trouble and time.monotonic() < until_s:
            time.sleep(LOOK_SECONDS)
            self.poll()

    def close(self) -> None:
        """End the guardian; it silences what sounds."""
        if self._closed:
            return
        self._closed = True
        self._dismiss()
        self._guardian.end(CLOSE_SECONDS)

    def _learn(self) -> None:
        """Take over what the guardian has told."""
        guardian = self._guardian
        self.name = guardian.name if guardian.alive else ""
        self._had = self.name or self._had
        if self.name or guardian.trouble:
            self.trouble = guardian.trouble

    def _check_guardian(self, now: float) -> None:
        """End a guardian that hangs, and have another ready where it may."""
        if self._successor is not None and self._hangs(self._successor, now):
            self._end(self._successor)
            self._successor = None
        if not self._guardian.alive:
            return
        if self._hangs(self._guardian, now):
            self._hung = True
            self._end(self._guardian)
        elif self._guardian.silent_s == 0.0:
            self._dismiss()
        elif self._guardian.silent_s > SUSPECT_SECONDS and self._successor is None:
            self._successor = self._new_guardian("--waits")

    def _hangs(self, guardian: GuardianProcess, now: float) -> bool:
        """Look after a guardian. Whether it could speak and does not, or never gets its port."""
        guardian.update(now)
        if guardian.has_answered:
            self._mute = 0
        silent = guardian.silent_s > HANG_SECONDS * (1 + self._mute)
        return silent or guardian.late_s(now) > START_TIMES * open_seconds()

    def _end(self, guardian: GuardianProcess) -> None:
        """Kill one that hangs; those that stand still at every start are each given longer."""
        self._mute += not guardian.has_answered
        guardian.kill()

    def _dismiss(self) -> None:
        """Let the successor go, where there is one."""
        if self._successor is not None:
            self._successor.dismiss()
            self._successor = None

    def _new_guardian(self, *options: str) -> GuardianProcess:
        return GuardianProcess(*self._options, *options, f"--after={self._had}", "--", self._wanted)

    def _follow_up(self) -> None:
        """Have the successor open the port where it is there, else start another guardian.

        It is told at once what the one before may have left sounding, so that it ends these notes
        even if the engine is killed before the port is open.
        """
        guardian, self._successor = self._successor, None
        if guardian is None or not guardian.request_port():
            guardian = self._new_guardian()
        offs = (bytes([NOTE_OFF | channel, key, 0]) for channel, key in sorted(self._used))
        guardian.write(b"".join(offs))
        self._guardian, self._hung = guardian, False
