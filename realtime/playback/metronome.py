"""The sound of a click track, exact to the sample."""

import numpy as np

from realtime.playback.synth import BLOCK_FRAMES
from realtime.values.arrays import Floats

BEAT_HZ, ACCENT_HZ = 1000.0, 1600.0
TICK_S, DECAY_S = 0.05, 0.008
LOUDNESS = 0.5


class Metronome:
    """Ticks while it runs, the first beat of a bar higher.

    Args:
        rate: Hz.
    """

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.bpm, self.beats = 0.0, 4
        """Tempo, 0 while it stands; beats a bar."""
        self.frame = 0
        """Where the next block begins."""
        self.start_frame = 0.0
        """Where the first bar began."""
        self.bar_frame: float | None = None
        """Where the newest bar began, None before the first."""
        self._next = 0.0
        self._beat = 0
        self._ticks: list[tuple[int, Floats]] = []
        self._sounds = [_tick(hertz, rate) for hertz in (ACCENT_HZ, BEAT_HZ)]

    def start(self, bpm: float, beats: int) -> None:
        """Begin a bar of `beats` beats, `bpm` a minute, with the next block."""
        self.bpm, self.beats = bpm, beats
        self._next = self.start_frame = float(self.frame)
        self._beat, self.bar_frame = 0, None

    def change(self, bpm: float, beats: int) -> None:
        """Another tempo from the next beat on, another metre from the next bar on; 0 stops."""
        if bpm > 0 and self.bpm <= 0:
            self.start(bpm, beats)
        if bpm <= 0:
            self.bar_frame = None
        self.bpm, self.beats = bpm, beats

    def tick(self, frame: int, accent: bool) -> None:
        """Sound one tick at a frame that is not over, whatever the tempo."""
        self._ticks.append((frame, self._sounds[0 if accent else 1]))

    def skip(self, seconds: float) -> None:
        """So much time went by in which nothing was played: stay on the beat."""
        self.frame += round(seconds * self.rate)

    def render(self) -> Floats:
        """The next block, float32 (BLOCK_FRAMES,)."""
        block: Floats = np.zeros(BLOCK_FRAMES, dtype=np.float32)
        while self.bpm > 0 and self._next < self.frame + BLOCK_FRAMES:
            if self._beat >= self.beats:
                self._beat = 0
            if self._beat == 0:
                self.bar_frame = self._next
            self._ticks.append((round(self._next), self._sounds[min(self._beat, 1)]))
            self._next += 60 / self.bpm * self.rate
            self._beat += 1
        for start, sound in self._ticks:
            first = max(0, start - self.frame)
            piece = sound[self.frame + first - start :][: BLOCK_FRAMES - first]
            block[first : first + len(piece)] += piece
        self.frame += BLOCK_FRAMES
        self._ticks = [tick for tick in self._ticks if tick[0] + len(tick[1]) > self.frame]
        return block


def _tick(hertz: float, rate: int) -> Floats:
    age_s = np.arange(round(TICK_S * rate)) / rate
    sound = LOUDNESS * np.sin(2 * np.pi * hertz * age_s) * np.exp(-age_s / DECAY_S)
    return sound.astype(np.float32)
