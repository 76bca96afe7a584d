"""Measures level and peak of the input for the meter of the window."""

import math
from collections import deque

import numpy as np

from realtime.values.arrays import Floats

FLOOR_DB = -120.0


def decibels(amplitude: float) -> float:
    """Level of an amplitude (0 to 1) in dBFS; -120 for silence and for what is not a number."""
    return 20 * math.log10(amplitude) if amplitude > 1e-6 else FLOOR_DB


class LevelMeter:
    """RMS of the last 50 ms, and the peak since it was last asked for.

    Args:
        rate: Hz.
    """

    def __init__(self, rate: int) -> None:
        self._window = max(1, rate // 20)
        self._blocks: deque[Floats] = deque()
        self._samples = 0
        self._peak = 0.0

    def add(self, block: Floats) -> None:
        """Take mono samples (n,), float32, into the window that is measured."""
        if len(block):
            self._blocks.append(block)
            self._samples += len(block)
            while self._samples - len(self._blocks[0]) >= self._window:
                self._samples -= len(self._blocks.popleft())
            self._peak = max(self._peak, float(block.max()), -float(block.min()))

    def level_db(self) -> float:
        """RMS of the last 50 ms in dBFS, around the offset that a converter may add."""
        if not self._blocks:
            return FLOOR_DB
        recent = np.concatenate(self._blocks)[-self._window :]
        return decibels(float(np.std(recent, dtype=np.float64)))

    def take_peak_db(self) -> float:
        """Highest sample since the last call, in dBFS."""
        peak, self._peak = self._peak, 0.0
        return decibels(peak)
