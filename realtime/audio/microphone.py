"""A microphone that never gives up: watchdog, reconnection, count of what was lost."""

import math
import threading
import time
from collections.abc import Callable
from typing import Protocol

import numpy as np

from realtime.audio.sources import SourceStatus
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble
from realtime.values.arrays import Floats

SILENT_SECONDS = 0.25
SILENT_BLOCKS = 10
"""No sound for the longer of the two means that the stream is dead."""
FIRST_SOUND_SECONDS = 3.0
"""A stream that has just been opened may take this long to begin."""
OLD_FIRST_SECONDS = 0.3
"""A silent stream that sounds again so soon after a new one is gone on with: it has what waited."""
RETRY_SECONDS = 0.5
LATE_SECONDS = 0.15
"""Sound that is more than this late may be lost."""
LOST_SECONDS = 1.0
"""Sound counts as lost once it has been late by `LATE_SECONDS` for so long without a break."""
KEPT_SECONDS = 4.0
"""Sound counts as lost after so long where the server keeps it: a starved server brings what is
seconds late after all."""
OVERDUE_SECONDS = 10.0
"""Sound that comes so long after it was counted as lost is left out: silence has its place."""
CLOSED_WAIT_SECONDS = 0.005
"""How often to look whether the device is open by now."""
NOTHING: Floats = np.zeros(0, dtype=np.float32)
DRIFT = 0.002
"""Sound cards may run this much slower than the clock without losing anything."""


class DeviceStream(Protocol):
    """An open input of a sound card, buffered in C."""

    name: str
    rate: int
    block_frames: int
    """Typical size of a delivery; 0 if unknown."""
    latency_ms: float
    keeps_late: bool
    """What comes late is kept for it, and another stream can be opened beside it."""

    @property
    def problem(self) -> Trouble | None:
        """Why what is heard is not what was chosen."""

    @property
    def hush(self) -> Trouble | None:
        """Why silence comes although all is well: the sound server mutes it."""

    @property
    def pauses(self) -> bool:
        """Whether it may give nothing at all and be well, as loopbacks do where nothing plays."""

    def take_remark(self) -> Trouble | None:
        """A change that is fine, such as another default device; once."""

    def waiting(self) -> int:
        """Samples that can be read now."""

    def read(self, frames: int) -> Floats:
        """Up to `frames` samples, mono (n,)."""

    def wait(self, frames: int, timeout_s: float) -> None:
        """Return once so many samples can be read, or after the timeout."""

    def alive(self) -> bool:
        """False where the stream is known to have ended."""

    def close(self) -> None:
        """Free the device; reading gives nothing from then on."""


class Microphone:
    """A live source around a `DeviceStream` that it opens again whenever it dies.

    Opening happens on a thread of its own, for drivers may take seconds. A stream that falls silent
    and keeps what is late stays open beside the next, until one of the two sounds.

    Args:
        name: as the user wrote it; "" is the system default.
        open_stream: opens the device of that name; raises UserError with the reason.
        clock: seconds.
    """

    live = True

    def __init__(
        self,
        name: str,
        open_stream: Callable[[str], DeviceStream],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wanted, self._open, self._clock = name, open_stream, clock
        self.name, self.rate = name or "system default", 48_000
        self._stream: DeviceStream | None = None
        self._opened: DeviceStream | None = None
        self._opened_at = 0.0
        self._sounds_since: float | None = None
        """Since when the opened stream sounds beside a silent one."""
        self._silent: DeviceStream | None = None
        """A stream that fell silent and may come back with what is late."""
        self._problem: Trouble | None = None
        self._lost_because: Trouble | None = None
        self._remarks: list[Trouble] = []
        self._opening: threading.Thread | None = None
        self._closed = False
        self._retry_at = -math.inf
        self._lost_at: float | None = None
        self._heard_at = 0.0
        self._gap_s = self._lost_s = 0.0
        self._received = 0
        self._started_at: float | None = None
        self._deficit = self._deficit_floor = math.inf
        self._floor_at = 0.0
        self._late_since: float | None = None
        self._late_s = 0.0
        """The least that sound was late since then."""
        self._overdue_s = self._overdue_until = 0.0
        self.reconnections = 0
        self._begin_opening()

    def wait_for_opening(self, timeout_s: float) -> bool:
        """Wait for the attempt to open that goes on now, at most so many seconds.

        Returns:
            Whether it came to an end.
        """
        if self._opening is not None:
            self._opening.join(timeout_s)
        return self._opening is None or not self._opening.is_alive()

    def wait_until_open(self, timeout_s: float) -> None:
        """Wait for the first attempt to open the device, at most `timeout_s` seconds.

        Raises:
            UserError: if it cannot be opened, or does not answer.
        """
        self.wait_for_opening(timeout_s)
        self._take_over()
        if self._stream is None:
            raise UserError(self._problem or Trouble(Code.INPUT_SILENT, name=self.name))

    def read(self, max_frames: int, least: int = 1) -> Floats | None:
        """What has arrived, at most `max_frames`; empty while fewer than `least` samples wait."""
        if self._stream is None:
            self._take_over()
        stream = self._stream
        if stream is None:
            return NOTHING
        if not stream.problem and stream.waiting() >= least:
            block = stream.read(max_frames)
            self._note_arrival(len(block), stream.waiting(), self._clock())
            return block[self._overdue(len(block)) :]
        if not self._is_dead(stream, self._clock()):
            return NOTHING
        block = NOTHING if stream.problem else stream.read(max_frames)
        if len(block):
            self._note_arrival(len(block), 0, self._heard_at)
        self._disconnect(self._clock())
        return block

    def wait(self, frames: int, timeout_s: float) -> None:
        """Return once so many samples can be read, or after the timeout."""
        stream = self._stream
        if stream is None:
            time.sleep(min(timeout_s, CLOSED_WAIT_SECONDS))
        else:
            stream.wait(frames, timeout_s)

    def status(self) -> SourceStatus:
        """How the microphone is doing; takes the gap that is to be reported."""
        self._take_over()
        gap_s, self._gap_s = self._gap_s, 0.0
        stream = self._stream
        return SourceStatus(
            waiting_frames=stream.waiting() if stream else 0,
            latency_ms=stream.latency_ms if stream else 0.0,
            gap_s=gap_s,
            lost_s=self._lost_s,
            connected=stream is not None,
            trouble=stream.hush if stream else self._trouble(),
            remark=self._take_remark(stream),
            block_frames=stream.block_frames if stream else 0,
        )

    def _take_remark(self, stream: DeviceStream | None) -> Trouble | None:
        """What a take should know: why sound was lost, or what the stream remarks; once."""
        if self._remarks:
            return self._remarks.pop(0)
        return stream.take_remark() if stream else None

    def _trouble(self) -> Trouble:
        if self._lost_at is not None:
            return self._lost_because or Trouble(Code.INPUT_STOPPED, name=self.name)
        return self._problem or Trouble(Code.INPUT_AWAITED, name=self.name)

    def close(self) -> None:
        """Free the device, also one that is just being opened."""
        self._closed = True
        if self._opening is not None:
            self._opening.join(0.5)
        for stream in (self._stream, self._opened, self._silent):
            if stream is not None:
                stream.close()
        self._stream = self._opened = self._silent = None

    def _begin_opening(self) -> None:
        self._opening = threading.Thread(target=self._try_to_open, name="open input", daemon=True)
        self._opening.start()

    def _try_to_open(self) -> None:
        try:
            stream = self._open(self._wanted)
        except UserError as error:
            self._problem = error.trouble
            return
        if self._closed:
            stream.close()
        else:
            self._opened_at = self._clock()
            self._opened = stream

    def _take_over(self) -> None:
        """Take over a stream that the opening thread has ready, or let it try again."""
        now = self._clock()
        if self._stream is not None or self._closed or self._came_back():
            return
        if self._opened is not None:
            if self._silent is None or self._replaces(self._opened, now):
                self._use_opened(now)
        elif self._opening is not None and not self._opening.is_alive():
            self._opening = None
            self._retry_at = now + RETRY_SECONDS
        elif self._opening is None and now >= self._retry_at:
            self._begin_opening()

    def _use_opened(self, now: float) -> None:
        assert self._opened is not None
        self._stream, self._opened = self._opened, None
        self.name, self.rate, self._problem = self._stream.name, self._stream.rate, None
        self._heard_at = now
        self._started_at = None
        self.reconnections += self._lost_at is not None
        if self._lost_because is not None:
            self._remarks.append(Trouble(Code.INPUT_BACK, name=self.name))
            self._lost_because = None
        silent, self._silent = self._silent, None
        _close_apart(silent)

    def _mark_lost(self, problem: Trouble | None) -> None:
        """What was chosen is gone; a take says why."""
        self._lost_because = problem
        if problem is not None:
            self._remarks.append(problem)

    def _came_back(self) -> bool:
        """Go on with the stream that fell silent where it sounds again: it brings what is late."""
        stream = self._silent
        if stream is None:
            return False
        if stream.problem or not stream.alive():
            self._silent = None
            self._mark_lost(stream.problem)
            _close_apart(stream)
            return False
        if not stream.waiting():
            return False
        self._stream, self._silent = stream, None
        if self._started_at is not None:
            self._lost_at = None  # what is missing shows against the clock
        opened, self._opened = self._opened, None
        _close_apart(opened)
        return True

    def _replaces(self, opened: DeviceStream, now: float) -> bool:
        """Whether a new stream sounds and the silent one beside it does not."""
        if opened.waiting() and not opened.problem:
            self._sounds_since = now if self._sounds_since is None else self._sounds_since
            return now - self._sounds_since >= OLD_FIRST_SECONDS
        self._sounds_since = None
        mute = now - self._opened_at > FIRST_SOUND_SECONDS
        if mute or opened.problem or not opened.alive():
            self._opened, self._opening = None, None
            self._retry_at = now + RETRY_SECONDS
            _close_apart(opened)
        return False

    def _note_arrival(self, frames: int, waiting: int, now: float) -> None:
        """Count samples; `now` is read after `waiting`.

        A pause of ours in between then looks like late sound, which passes, and not like early
        sound, against which all that follows would be late.
        """
        self._heard_at = now
        if self._lost_at is not None:
            here_s = (frames + waiting) / self.rate
            self._count_lost(max(0.0, now - self._lost_at - here_s))
            self._lost_at = None
        if self._started_at is None:
            self._started_at = now
            self._received = 0
            self._deficit_floor, self._floor_at, self._late_since = math.inf, now, None
            self._overdue_s = 0.0
        self._received += frames
        self._compare_with_clock(waiting, now)

    def _compare_with_clock(self, waiting: int, now: float) -> None:
        """Count sound that the clock says should have come and has not.

        Args:
            waiting: frames that lie in the ring.
            now: seconds of the clock.
        """
        assert self._started_at is not None
        have_s = (self._received + waiting) / self.rate
        self._deficit = deficit = now - self._started_at - have_s
        # The floor is the smallest deficit so far: how late sound is when none is missing. It may
        # rise by DRIFT, for a card's clock runs slower than the computer's by up to that.
        self._deficit_floor += DRIFT * (now - self._floor_at)
        self._floor_at = now
        # While counted sound may still come, a small deficit is that sound and no new floor.
        if deficit < self._deficit_floor and not self._overdue_s:
            self._deficit_floor = deficit
        late_s = deficit - self._deficit_floor
        if late_s <= LATE_SECONDS:
            self._late_since = None
            return
        if self._late_since is None:
            self._late_since, self._late_s = now, late_s
        self._late_s = min(self._late_s, late_s)
        # A stalled process catches up within LOST_AFTER_SECONDS; what is behind for longer, by the
        # least of that time, is lost, but for what a suspended server hands over afterwards.
        kept = self._stream is not None and self._stream.keeps_late
        if now - self._late_since >= (KEPT_SECONDS if kept else LOST_SECONDS):
            self._count_lost(self._late_s)
            self._overdue_s += self._late_s
            self._overdue_until = now + OVERDUE_SECONDS
            self._deficit_floor += self._late_s
            self._late_since = None

    def _overdue(self, frames: int) -> int:
        """How many of the oldest samples that have just come were counted as lost before."""
        if not self._overdue_s:
            return 0
        early_s = min(self._deficit_floor - self._deficit, self._overdue_s)
        left_out = min(max(0, int(early_s * self.rate)), frames)
        self._received -= left_out
        self._overdue_s -= left_out / self.rate
        if self._overdue_s * self.rate < 1 or self._floor_at > self._overdue_until:
            self._overdue_s = 0.0
        return left_out

    def _count_lost(self, seconds: float) -> None:
        self._gap_s += seconds
        self._lost_s += seconds

    def _is_dead(self, stream: DeviceStream, now: float) -> bool:
        patience = max(SILENT_SECONDS, SILENT_BLOCKS * stream.block_frames / stream.rate)
        if self._started_at is None:
            patience = FIRST_SOUND_SECONDS
        return not stream.alive() or (not stream.pauses and now - self._heard_at > patience)

    def _disconnect(self, now: float) -> None:
        stream, self._stream = self._stream, None
        self._mark_lost(stream.problem if stream is not None else None)
        if self._lost_at is None:
            self._lost_at = self._heard_at
        self._retry_at = now
        self._opening = None
        if stream is not None and stream.keeps_late and stream.alive():
            self._silent, self._sounds_since = stream, None
        else:
            _close_apart(stream)


def _close_apart(stream: DeviceStream | None) -> None:
    """Close a stream on a thread of its own, for drivers may take seconds."""
    if stream is not None:
        threading.Thread(target=stream.close, name="close input", daemon=True).start()
