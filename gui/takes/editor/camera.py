"""Which part of a take is on the screen; zooms around a point, never leaves the take."""

import math
from dataclasses import dataclass, replace

from gui.roll.geometry import Viewport
from gui.roll.key_range import HIGHEST, LOWEST, wanted_range

SHORTEST_S, LONGEST_S = 0.5, 600.0
SMALLEST_SPAN = 11.0
USUAL_S = 12.0
LEAST_USUAL_S = 3.0
"""Seconds that are in view where a take is shorter."""
MARGIN_S = 1.0
"""The view may go this far past the end."""


@dataclass(frozen=True)
class Camera:
    """A rectangle of time and pitch. Frozen: every move gives a new one."""

    length_s: float
    """Length of the take, in seconds."""
    start_s: float = 0.0
    seconds: float = USUAL_S
    low: float = 48.0
    high: float = 83.0

    @property
    def end_s(self) -> float:
        """Time at the right edge, in seconds of the take."""
        return self.start_s + self.seconds

    def viewport(self, width: float, height: float) -> Viewport:
        """What is in view, for painting so many pixels with `end_s` at the right edge."""
        return Viewport(max(width, 1.0), max(height, 1.0), self.seconds, self.low, self.high)

    def zoomed(self, factor: float, at_s: float) -> "Camera":
        """Show `factor` times as many seconds; `at_s` stays where it is."""
        longest = min(max(self.length_s + MARGIN_S, USUAL_S), LONGEST_S)
        seconds = min(max(self.seconds * factor, SHORTEST_S), longest)
        part = (at_s - self.start_s) / self.seconds
        return replace(self, seconds=seconds).moved_to(at_s - part * seconds)

    def moved_to(self, start_s: float) -> "Camera":
        """Return a copy whose left edge lies at another time, in seconds."""
        latest = max(self.length_s + MARGIN_S - self.seconds, 0.0)
        return replace(self, start_s=min(max(start_s, 0.0), latest))

    def pitch_zoomed(self, factor: float, centre: float) -> "Camera":
        """Show `factor` times as many pitches; the MIDI pitch `centre` stays where it is."""
        span = min(max((self.high - self.low) * factor, SMALLEST_SPAN), HIGHEST - LOWEST)
        part = (centre - self.low) / (self.high - self.low)
        return self._placed(centre - part * span, span)

    def pitch_moved(self, semitones: float) -> "Camera":
        """Show pitches so many semitones higher (positive) or lower."""
        return self._placed(self.low + semitones, self.high - self.low)

    def fitted(self, pitches: tuple[int, int] | None, height: float = math.inf) -> "Camera":
        """From the start, at the usual zoom, with room for these pitches (lowest, highest).

        A short take is shown whole. `height` is that of the view in pixels, of which the numbers
        of bars take some.
        """
        low, high = wanted_range(pitches or (), height) or (48.0, 83.0)
        seconds = min(max(self.length_s + MARGIN_S, LEAST_USUAL_S), USUAL_S)
        return Camera(self.length_s, seconds=seconds, low=low, high=high)

    def showing(self, second: float, calm: bool = False) -> "Camera":
        """Follow a second that moves: page by page where calm, else it stays at a third."""
        if calm:
            if self.start_s <= second < self.start_s + 0.95 * self.seconds:
                return self
            return self.moved_to(second - 0.05 * self.seconds)
        if second < self.start_s or second > self.start_s + self.seconds / 3:
            return self.moved_to(second - self.seconds / 3)
        return self

    def _placed(self, low: float, span: float) -> "Camera":
        low = min(max(low, LOWEST), HIGHEST - span)
        return replace(self, low=low, high=low + span)
