"""The last minutes of sound and notes, held in memory: what was just played can still be kept."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from realtime.takes.journal import TakeEvent
from realtime.takes.recorder import TakeRecorder
from realtime.values.arrays import Floats

LEAD_SECONDS = 2.0
"""A kept take begins so long before its first note, or where the held sound begins."""
AHEAD_SECONDS = 20.0
"""Sound that may wait for the disk while a take is made of what is held."""
FULL_SCALE = 32767
SILENCE = 1e-9
"""Sound whose samples all stay below this (-180 dBFS) is held as silence."""


@dataclass(frozen=True, slots=True)
class SoundBlock:
    """A second of sound as 16-bit samples below its own peak: 96 dB under whatever is loudest."""

    frames: int
    peak: float = 0.0
    samples: npt.NDArray[np.int16] | None = None
    """(n,) samples; None stands for silence."""

    @classmethod
    def of(cls, sound: Floats) -> "SoundBlock":
        """Pack mono sound, float32 `(frames,)`, as 16-bit samples under its peak."""
        peak = float(np.abs(sound).max(initial=0.0))
        if peak < SILENCE:
            return cls(len(sound))
        packed = np.rint(sound * (FULL_SCALE / peak)).astype(np.int16)
        return cls(len(sound), peak, packed)

    def sound(self) -> Floats:
        """Unpack the sound, float32 `(frames,)`."""
        if self.samples is None:
            return np.zeros(self.frames, dtype=np.float32)
        return self.samples.astype(np.float32) * np.float32(self.peak / FULL_SCALE)


@dataclass(frozen=True, slots=True)
class RecentSound:
    """What was held at one moment, from shortly before its first note."""

    pieces: tuple[SoundBlock, ...]
    skipped: int
    """Frames of the first piece that come before the beginning."""
    events: tuple[TakeEvent, ...]
    """Times are seconds since the beginning."""

    def pour(self, recorder: TakeRecorder, hurry: Callable[[], bool] = lambda: False) -> None:
        """Record all of it and stop, no faster than the disk takes it unless there is a `hurry`."""
        recorder.add(np.zeros(0, dtype=np.float32), self.events)
        for block in self._blocks():
            recorder.add(block, ())
            while recorder.waiting_s > AHEAD_SECONDS and not (recorder.trouble or hurry()):
                time.sleep(0.02)
        recorder.stop()

    def _blocks(self) -> Iterator[Floats]:
        skipped = self.skipped
        for piece in self.pieces:
            yield piece.sound()[skipped:]
            skipped = 0


class RecentMusic:
    """Holds what came last; the oldest goes. About 6 MB a minute at 48 kHz, none while off."""

    def __init__(self) -> None:
        self._seconds = 0.0
        self._rate = 1
        self._end_s = 0.0
        self._pieces: deque[SoundBlock] = deque()
        self._held = 0
        """Frames that `_pieces` hold in all."""
        self._fresh: list[Floats] = []
        self._fresh_frames = 0
        self._events: deque[TakeEvent] = deque()

    @property
    def seconds(self) -> float:
        """Length in seconds of what a take of now would hold; 0 where no note was played."""
        start_s = self._start_s()
        return 0.0 if start_s is None else self._end_s - start_s

    def hold(self, seconds: float) -> None:
        """Hold so many seconds from now on; 0 forgets everything."""
        self._seconds = seconds
        self._drop_old()

    def restart(self, rate: int, stream_s: float) -> None:
        """Forget everything: from `stream_s` seconds on something else is heard, at `rate` Hz."""
        self._rate, self._end_s = rate, stream_s
        self._pieces.clear()
        self._events.clear()
        self._fresh, self._fresh_frames, self._held = [], 0, 0

    def add(self, block: Floats, events: Sequence[TakeEvent]) -> None:
        """Mono sound (n,) and what came with it; times of events are stream seconds."""
        if self._seconds <= 0:
            return
        self._events.extend(events)
        self._fresh.append(np.array(block, dtype=np.float32))
        self._fresh_frames += len(block)
        self._end_s += len(block) / self._rate
        if self._fresh_frames >= self._rate:
            self._pack()
            self._drop_old()

    def add_gap(self, samples: int) -> None:
        """Keep time where so many samples of sound are missing."""
        if self._seconds <= 0:
            return
        self._pack()
        self._pieces.append(SoundBlock(samples))
        self._held += samples
        self._end_s += samples / self._rate
        self._drop_old()

    def music(self) -> RecentSound | None:
        """All that is held, from shortly before its first note; None where there is no note."""
        start_s = self._start_s()
        if start_s is None:
            return None
        self._pack()
        skipped = max(0, round((start_s - self._end_s) * self._rate) + self._held)
        pieces = list(self._pieces)
        while pieces and skipped >= pieces[0].frames:
            skipped -= pieces.pop(0).frames
        events = tuple(
            replace(event, at_s=max(0.0, event.at_s - start_s),
                    left_s=max(0.0, event.left_s - start_s))
            for event in self._events
            if event.left_s >= start_s
        )  # fmt: skip
        return RecentSound(tuple(pieces), skipped, events)

    def _start_s(self) -> float | None:
        """Stream time at which a take of now would begin, None where there is no note."""
        first_s = next((event.at_s for event in self._events if event.kind == "on"), None)
        if first_s is None:
            return None
        held_s = self._end_s - (self._held + self._fresh_frames) / self._rate
        return max(held_s, first_s - LEAD_SECONDS)

    def _pack(self) -> None:
        if self._fresh_frames:
            self._pieces.append(SoundBlock.of(np.concatenate(self._fresh)))
            self._held += self._fresh_frames
        self._fresh, self._fresh_frames = [], 0

    def _drop_old(self) -> None:
        most = round(self._seconds * self._rate)
        while self._pieces and self._held - self._pieces[0].frames >= most:
            self._held -= self._pieces.popleft().frames
        if most == 0:
            self._fresh, self._fresh_frames = [], 0
            self._events.clear()
        held_s = self._end_s - (self._held + self._fresh_frames) / self._rate
        while self._events and self._events[0].left_s < held_s:
            self._events.popleft()


class Keeping:
    """A take that is being made of what was held, on a thread of its own.

    Args:
        music: that is kept.
        recorder: of the take; it is stopped once it has everything.
    """

    def __init__(self, music: RecentSound, recorder: TakeRecorder) -> None:
        self._hurry = threading.Event()
        self._thread = threading.Thread(
            target=music.pour, args=(recorder, self._hurry.is_set), name="keep", daemon=True
        )
        self._thread.start()

    def finish(self) -> None:
        """Wait until the recorder has everything."""
        self._hurry.set()
        self._thread.join()
