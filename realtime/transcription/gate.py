"""A noise gate on hops at the model's rate: what is softer than the threshold is silence."""

import math

import numpy as np

from realtime.values.arrays import Floats

OFF_DB = -120.0
"""A threshold at or below this lets everything through."""
HOLD_HOPS = 20
"""The gate stays open for so long after the last loud hop, so that decays are heard."""


class NoiseGate:
    """Opens at once, closes with a fade over one hop.

    Args:
        threshold_db: RMS of a hop in dBFS above which it opens.
    """

    def __init__(self, threshold_db: float) -> None:
        self.apply(threshold_db)
        self._held = 0

    def apply(self, threshold_db: float) -> None:
        """Use another threshold from the next hop on."""
        self._off = threshold_db <= OFF_DB
        self._power = math.pow(10.0, threshold_db / 10)

    def pass_on(self, hop: Floats) -> Floats:
        """Return one hop `(hop_samples,)` as it is, faded or silent."""
        if self._off:
            return hop
        if float(np.mean(np.square(hop, dtype=np.float64))) >= self._power:
            self._held = HOLD_HOPS
            return hop
        if self._held == 0:
            return np.zeros_like(hop)
        self._held -= 1
        if self._held:
            return hop
        return hop * np.linspace(1, 0, len(hop), dtype=np.float32)
