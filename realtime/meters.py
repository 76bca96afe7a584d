"""Level and peak of the input, for the eye."""

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

FLOOR_DB = -120.0


def decibels(amplitude: float) -> float:
    """DBFS of an amplitude; -120 for silence and for what is not a number."""
    return 20 * math.log10(amplitude) if amplitude > 1e-6 else FLOOR_DB


class LevelMeter:
    """RMS of the last 50 ms, and the peak since it was last asked for.

    Args:
        rate: Hz.
    """

    def __init__(self, rate: int) -> None:
        self._window = max(1, rate // 20)
        self._recent = np.zeros(0, dtype=np.float32)
        self._peak = 0.0

    def add(self, block: Floats) -> None:
        """Take samples (n,)."""
        if len(block):
            self._recent = np.concatenate([self._recent, block])[-self._window :]
            self._peak = max(self._peak, float(np.abs(block).max()))

    def level_db(self) -> float:
        """RMS of the last 50 ms in dBFS."""
        if not len(self._recent):
            return FLOOR_DB
        return decibels(math.sqrt(float(np.mean(np.square(self._recent, dtype=np.float64)))))

    def take_peak_db(self) -> float:
        """Highest sample since the last call, in dBFS."""
        peak, self._peak = self._peak, 0.0
        return decibels(peak)
