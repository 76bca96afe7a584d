"""A sound card that follows a script: the shipped fake of `capture.DeviceStream`."""

from collections.abc import Callable

import numpy as np

from realtime.audio.sources import poll_until_due
from realtime.troubles.trouble import Trouble
from realtime.values.arrays import Floats


class ScriptedStream:
    """Delivers samples at the pace of a clock until it is told to fall silent or to end.

    Args:
        clock: seconds.
        rate: Hz.
        sound: repeated for ever, (n,); silence if None.
        name: of the device.
    """

    latency_ms = 10.0
    pauses = keeps_late = False
    problem: Trouble | None = None
    hush: Trouble | None = None
    """Set it to what a sound server would report."""
    remark: Trouble | None = None

    def __init__(
        self,
        clock: Callable[[], float],
        rate: int = 48_000,
        sound: Floats | None = None,
        name: str = "scripted",
    ) -> None:
        self.name, self.rate, self.block_frames = name, rate, rate // 100
        self._clock, self.started_s = clock, clock()
        self.sound = np.zeros(rate, dtype=np.float32) if sound is None else sound
        self.taken = 0
        """Samples that were read so far."""
        self.speed = 1.0
        """Set to 0 to fall silent without a word, as drivers do."""
        self.ended = False
        self.closed = False
        self.swallowed = 0
        """Samples dropped on the way, as on an overload of the sound server."""

    def waiting(self) -> int:
        """Samples delivered by now and not yet read."""
        due = int((self._clock() - self.started_s) * self.rate * self.speed) - self.swallowed
        return max(0, due - self.taken)

    def read(self, frames: int) -> Floats:
        """Read up to `frames` of the samples that are due, float32 (n,)."""
        count = min(frames, self.waiting())
        indices = (self.taken + np.arange(count)) % len(self.sound)
        self.taken += count
        return self.sound[indices]

    def wait(self, frames: int, timeout_s: float) -> None:
        """Wait for so many samples, as long as the clock is the real one."""
        poll_until_due(self.waiting, frames, self.rate, timeout_s)

    def alive(self) -> bool:
        """False once `ended` or `problem` is set."""
        return not self.ended and not self.problem

    def take_remark(self) -> Trouble | None:
        """Report `remark` where one was set, and clear it."""
        remark, self.remark = self.remark, None
        return remark

    def close(self) -> None:
        """Note in `closed` that the stream was closed."""
        self.closed = True
