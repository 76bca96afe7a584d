"""A player who hears what a guide asks for and plays it, on a clock that runs as fast as it can."""

import numpy as np

from realtime.teach.guide.guide import Guide, Moment
from tests.realtime.teach.tones import RATE, pluck

STEP = RATE // 30
PARTIALS = (1, 2, 3, 4, 5)


def plucked(ask, gain=0.25, seconds=0.7):
    """What a good player plays for an ask, (n,)."""
    gain *= {"usual": 1.0, "soft": 0.4, "loud": 2.0}[ask.touch]
    pitches = {"lowest": (48,), "highest": (72,), "phrase": (60, 64, 67)}.get(ask.kind, ask.pitches)
    if ask.kind == "phrase":
        return np.concatenate([pluck(p, 0.5, gain, PARTIALS) for p in pitches])
    return sum(pluck(p, seconds, gain / len(pitches) ** 0.5, PARTIALS) for p in pitches)


class Player:
    """Drives a guide.

    Args:
        guide: that asks.
        play: ask -> sound, () for silence.
        noise: peak of the room's noise.
    """

    def __init__(self, guide: Guide, play=plucked, noise=3e-4):
        self.guide, self.play = guide, play
        self._rng = np.random.default_rng(3)
        self.noise = noise
        self.hum, self.offset = (0, 0.0), 0.0
        """Hum of the mains (Hz, amplitude), and offset of the converter."""
        self._left = np.zeros(0, np.float32)
        self._tail = np.zeros(0, np.float32)
        self.kept: list[np.ndarray] | None = None
        self.now = 0
        self.asked = []

    def step(self):
        """A thirtieth of a second; returns what was taken, if an attempt ended."""
        status = self.guide.status
        if status.state == "play" and not len(self._left):
            sound = np.asarray(self.play(status.ask), np.float32)
            self.asked.append(status.ask)
            self._left = np.concatenate([np.zeros(RATE // 10, np.float32), sound])
        block = self.noise * self._rng.uniform(-1, 1, STEP).astype(np.float32)
        part, self._left = self._left[:STEP], self._left[STEP:]
        torn = (part == 0) & (np.abs(part).max(initial=0.0) > 0)
        block[: len(part)] += part
        block[: len(part)][torn] = 0
        hertz, strength = self.hum
        time = (self.now + np.arange(STEP)) / RATE
        for multiple in (1, 3):
            block += strength / multiple * np.sin(2 * np.pi * hertz * multiple * time)
        block = np.clip(block + np.float32(self.offset), -1, 1)  # as a converter does
        self.now += STEP
        self._tail = np.concatenate([self._tail, block])[-RATE // 20 :]
        level = 10 * np.log10(float(np.var(self._tail)) + 1e-12)
        if self.kept is not None:
            self.kept.append(block)
        order = self.guide.push(Moment(self.now / RATE, level))
        if order == "begin":
            self.kept = []
        elif order == "end":
            sound, self.kept = np.concatenate(self.kept), None
            return self.guide.check(sound, RATE)
        return None

    def until(self, true, seconds=30.0):
        """Step until `true()`; fails after so long."""
        until = self.now + seconds * RATE
        while not true():
            assert self.now < until, self.guide.status
            self.step()
