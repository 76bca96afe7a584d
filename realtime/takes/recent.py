"""The last minutes of sound and notes, held in memory: what was just played can still be kept."""

import math
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
TAIL_SECONDS = 2.0
"""It ends so long after its last note has faded."""
PAUSE_SECONDS = 30.0
"""What is played after a longer pause is another piece."""
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
    frames: int
    """Length of all that is kept."""
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
        skipped, left = self.skipped, self.frames
        for piece in self.pieces:
            yield piece.sound()[skipped : skipped + left]
            left -= piece.frames - skipped
            skipped = 0
            if left <= 0:
                break


class RecentMusic:
    """Holds what came last; the oldest goes. About 6 MB a minute at 48 kHz, none while off.

    A take is made of the piece that was played last: its notes since the last long pause, and since
    what is kept already. All that is held can be asked for as well.
    """

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
        self._piece: deque[TakeEvent] = deque()
        """Note-ons of the last piece that are not kept yet."""
        self._sounding: set[int] = set()
        self._silent_s = 0.0
        """When the last note ended that sounds no more, in stream seconds."""
        self._kept_s = -math.inf
        """Stream time up to which everything is kept."""

    @property
    def seconds(self) -> float:
        """Length of what a take of now would hold; 0 where no note was played since the last."""
        return self._length_s(self._start_s())

    @property
    def held_seconds(self) -> float:
        """Length of all that is held, kept already or not; 0 where no note was played."""
        return self._length_s(self._start_s(whole=True))

    def mark_kept(self) -> None:
        """All that was played until now is in a take."""
        self._kept_s = self._end_s
        self._piece.clear()

    def mark_lost(self) -> None:
        """A take came to nothing: whatever is held may be kept again."""
        self._kept_s = -math.inf
        self._piece = deque(event for event in self._events if event.kind == "on")

    def hold(self, seconds: float) -> None:
        """Hold so many seconds from now on; 0 forgets everything."""
        self._seconds = seconds
        self._drop_old()

    def restart(self, rate: int, stream_s: float) -> None:
        """Forget everything: from `stream_s` seconds on something else is heard, at `rate` Hz."""
        self._rate, self._end_s = rate, stream_s
        self._pieces.clear()
        self._events.clear()
        self._piece.clear()
        self._sounding.clear()
        self._kept_s = -math.inf
        self._fresh, self._fresh_frames, self._held = [], 0, 0

    def add(self, block: Floats, events: Sequence[TakeEvent]) -> None:
        """Mono sound (n,) and what came with it; times of events are stream seconds."""
        if self._seconds <= 0:
            return
        self._events.extend(events)
        for event in events:
            self._follow(event)
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

    def music(self, whole: bool = False) -> RecentSound | None:
        """The last piece, or all that is held, from shortly before its first note to its last.

        None where there is no note that is not kept yet, or none at all.
        """
        start_s = self._start_s(whole)
        if start_s is None:
            return None
        self._pack()
        skipped = max(0, round((start_s - self._end_s) * self._rate) + self._held)
        pieces = list(self._pieces)
        while pieces and skipped >= pieces[0].frames:
            skipped -= pieces.pop(0).frames
        since_s = start_s if whole else max(start_s, self._kept_s)
        events = tuple(
            replace(event, at_s=max(0.0, event.at_s - start_s),
                    left_s=max(0.0, event.left_s - start_s))
            for event in self._events
            if event.left_s >= since_s
        )  # fmt: skip
        frames = round(self._length_s(start_s) * self._rate)
        return RecentSound(tuple(pieces), skipped, frames, events)

    def _follow(self, event: TakeEvent) -> None:
        """A long pause before a note begins another piece."""
        if event.kind == "on":
            if not self._sounding and event.at_s - self._silent_s > PAUSE_SECONDS:
                self._piece.clear()
            self._piece.append(event)
            self._sounding.add(event.pitch)
        elif event.kind == "off":
            self._sounding.discard(event.pitch)
            self._silent_s = event.at_s

    def _start_s(self, whole: bool = False) -> float | None:
        """Stream time at which a take of now would begin, None where there is no note."""
        ons = (event for event in self._events if event.kind == "on") if whole else self._piece
        first = next(iter(ons), None)
        if first is None:
            return None
        held_s = self._end_s - (self._held + self._fresh_frames) / self._rate
        early_s = first.at_s - LEAD_SECONDS
        if not whole:  # what is kept does not come again, but for a note that was in doubt then
            early_s = min(max(early_s, self._kept_s), first.at_s)
        return max(held_s, early_s)

    def _length_s(self, start_s: float | None) -> float:
        """Seconds from there until the last note has faded, or until now."""
        if start_s is None:
            return 0.0
        end_s = self._end_s
        if not self._sounding:
            end_s = min(end_s, self._silent_s + TAIL_SECONDS)
        return max(0.0, end_s - start_s)

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
            self._piece.clear()
        held_s = self._end_s - (self._held + self._fresh_frames) / self._rate
        while self._events and self._events[0].left_s < held_s:
            self._events.popleft()
        while self._piece and self._piece[0].left_s < held_s:
            self._piece.popleft()


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
