"""Finds a tempo from taps, of which each is a beat."""

from realtime.values.ranges import find_range
from realtime.values.settings import EngineSettings

FORGET_S = 2.5
"""A pause of so long begins anew; slower than the slowest click."""
MOST_TAPS = 8


class TapTempo:
    """Collects taps: the second one gives a tempo, the following ones make it steadier."""

    def __init__(self) -> None:
        self._taps: list[float] = []

    def tap(self, now_s: float) -> float | None:
        """A beat at this moment. Returns beats a minute, None at the first tap."""
        if self._taps and now_s - self._taps[-1] > FORGET_S:
            self._taps.clear()
        self._taps = [*self._taps, now_s][-MOST_TAPS:]
        steps = [later - tap for tap, later in zip(self._taps, self._taps[1:], strict=False)]
        step_s = sorted(steps)[len(steps) // 2] if steps else 0.0
        if step_s <= 0:
            return None
        tempo = find_range(EngineSettings, "click_bpm")
        return min(max(float(round(60 / step_s)), tempo.low), tempo.high)
