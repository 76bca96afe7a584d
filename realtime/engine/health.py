"""How the engine is doing: what its input lost, what failed or changed, how busy the CPU is."""

import time
from collections import deque

from realtime.audio.sources import SourceStatus
from realtime.troubles.trouble import Trouble

REMARK_SECONDS = 6.0
"""How long a change that is no trouble, such as another default device, is shown."""
GAP_SECONDS = 1.0
"""Sound that is skipped with less than this between counts as one gap."""
MOST_REMARKS = 32
"""Remarks that are kept for who asks for all of them."""
LOAD_SECONDS = 1.0
"""Time over which the load of the CPU is measured."""


class Health:
    """Collects what the picture tells of input and computer. Used from the engine's thread."""

    def __init__(self) -> None:
        self.input = SourceStatus()
        """Newest word of the source."""
        self.ended = False
        """Whether the source has ended, or the engine was closed."""
        self.failed: Trouble | None = None
        """Why the source ended, None where it came to its end or goes on."""
        self.skipped_s = 0.0
        """Seconds of sound that came too late to be heard."""
        self.gaps = 0
        """Places at which sound is missing or was skipped."""
        self.cpu_load = 0.0
        """Share of a core that the engine's thread took lately."""
        self._skipping_at = -10.0
        self._unheard = (0.0, 0.0)
        """Where in the stream sound was skipped last, and how much, in seconds; until told."""
        self.remarks: deque[Trouble] = deque(maxlen=MOST_REMARKS)
        """Every remark, for who takes them from here: the newest alone is shown."""
        self._remark: tuple[Trouble | None, float] = (None, 0.0)
        self._cpu = (time.monotonic(), time.thread_time())

    @property
    def state(self) -> str:
        """Failed | file-ended | listening | no-input, as in `Snapshot.state`."""
        if self.ended:
            return "failed" if self.failed else "file-ended"
        return "listening" if self.input.connected else "no-input"

    @property
    def remark(self) -> Trouble | None:
        """A change of the last seconds, None where nothing is new."""
        remark, until = self._remark
        return remark if time.monotonic() < until else None

    def begin(self) -> None:
        """Forget how the last source ended: another one is listened to."""
        self.ended, self.failed = False, None

    def update(self, status: SourceStatus) -> SourceStatus:
        """Keep the newest word of the source, and what it remarks; counts a gap."""
        self.input = status
        if status.remark:
            self._remark = (status.remark, time.monotonic() + REMARK_SECONDS)
            self.remarks.append(status.remark)
        if status.gap_s > 0:
            self.gaps += 1
        return status

    def skip(self, seconds: float, at_s: float) -> None:
        """Count sound that is not listened to.

        Args:
            seconds: how much is skipped.
            at_s: where in the stream, in seconds.
        """
        self.skipped_s += seconds
        if self._skipping_at + GAP_SECONDS < at_s:
            self.gaps += 1
            self._unheard = (at_s, 0.0)
        self._unheard = (self._unheard[0], self._unheard[1] + seconds)
        self._skipping_at = at_s + seconds

    def take_unheard(self, stream_s: float) -> tuple[float, float] | None:
        """Where sound was skipped, and how many seconds; once, when that is over.

        Args:
            stream_s: how far the stream is, in seconds; infinite where it ends.
        """
        at_s, seconds = self._unheard
        if not seconds or stream_s <= self._skipping_at + GAP_SECONDS:
            return None
        self._unheard = (0.0, 0.0)
        return at_s, seconds

    def measure_load(self) -> None:
        """Measure the load once a second; to be called in the thread that is measured."""
        now, used = time.monotonic(), time.thread_time()
        if now - self._cpu[0] >= LOAD_SECONDS:
            self.cpu_load = (used - self._cpu[1]) / (now - self._cpu[0])
            self._cpu = (now, used)
