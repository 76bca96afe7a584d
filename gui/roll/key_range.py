"""Which pitches the roll shows: wide enough for what is played, never jumping about."""

import math
from collections.abc import Iterable

LOWEST, HIGHEST = 21, 108
"""The 88 keys of a piano."""
REST = (48.0, 83.0)
"""Shown while nothing has been played: C3 to B5."""
MARGIN = 2
TIMES = 17.0
"""Pixels that the times at the upper edge take."""
SMALLEST_SPAN = 25.0
KEYBOARDS: dict[str, tuple[float, float]] = {
    "88": (21.0, 108.0),
    "76": (28.0, 103.0),
    "61": (36.0, 96.0),
    "25": (48.0, 72.0),
}
"""Count of keys -> lowest and highest pitch of such a keyboard."""
SHRINK_AFTER_S = 4.0
EASE_S = 0.18
SLOW_PICTURE_S = 0.12
"""Where pictures come slower than this a glide is no help to the eye: it arrives at once."""


class KeyRange:
    """Follows the played range: opens at once, closes only after a while, glides both ways."""

    def __init__(self) -> None:
        self.low, self.high = REST
        self.target = REST
        self._roomy_since: float | None = None
        self._last_wall: float | None = None
        self.automatic = True
        """False where the user chose a keyboard, or zoomed by hand."""
        self._keyboard: tuple[float, float] | None = None

    @property
    def goal(self) -> tuple[float, float]:
        """Lowest and highest MIDI pitch it is gliding to, or where it is."""
        return self.target

    def update(
        self, pitches: Iterable[int], wall_s: float, height: float = math.inf
    ) -> tuple[float, float]:
        """The range of MIDI pitches to draw at a second of the wall clock.

        Args:
            pitches: of the notes in view.
            wall_s: second of the wall clock.
            height: pixels that the range will take.
        """
        if self.automatic:
            self._aim(wanted_range(pitches, height), wall_s)
        elapsed = 0.0 if self._last_wall is None else max(wall_s - self._last_wall, 0.0)
        self._last_wall = wall_s
        part = 1.0 - math.exp(-elapsed / EASE_S) if elapsed < SLOW_PICTURE_S else 1.0
        self.low = _glide(self.low, self.target[0], part)
        self.high = _glide(self.high, self.target[1], part)
        return self.low, self.high

    def zoom(self, factor: float, centre: float) -> None:
        """Show `factor` times as many pitches around MIDI pitch `centre`, and stop following."""
        self.automatic = False
        span = min(max((self.target[1] - self.target[0]) * factor, 11.0), HIGHEST - LOWEST)
        part = (centre - self.target[0]) / max(self.target[1] - self.target[0], 1.0)
        self._place(centre - part * span, span)

    def move(self, semitones: float) -> None:
        """Show pitches so many semitones higher (positive) or lower, and stop following."""
        self.automatic = False
        self._place(self.target[0] + semitones, self.target[1] - self.target[0])

    def set_keyboard(self, name: str) -> None:
        """Show one of `KEYBOARDS`; any other name follows what is played."""
        self._keyboard = KEYBOARDS.get(name)
        self.follow()

    def follow(self) -> None:
        """Undo what the user zoomed and moved: the chosen keyboard, or what is played."""
        self.automatic = self._keyboard is None
        self.target = self._keyboard or self.target
        self._roomy_since = -math.inf

    def jump_to_target(self) -> None:
        """Arrive at once where it is gliding to."""
        self.low, self.high = self.target

    def _place(self, low: float, span: float) -> None:
        low = min(max(low, LOWEST), HIGHEST - span)
        self.target = (low, low + span)

    def _aim(self, wanted: tuple[float, float] | None, wall_s: float) -> None:
        if wanted is None:
            return
        low, high = self.target
        if wanted[0] < low or wanted[1] > high:
            self.target = (min(low, wanted[0]), max(high, wanted[1]))
            self._roomy_since = None
        elif wanted[0] > low + 4 or wanted[1] < high - 4:
            self._roomy_since = wall_s if self._roomy_since is None else self._roomy_since
            if wall_s - self._roomy_since > SHRINK_AFTER_S:
                self.target = wanted
                self._roomy_since = None
        else:
            self._roomy_since = None


def wanted_range(pitches: Iterable[int], height: float = math.inf) -> tuple[float, float] | None:
    """A comfortable range for these MIDI pitches; None where there are none.

    In `height` pixels so many rows are free above the highest pitch that no note lies under the
    times or bars at the upper edge.
    """
    values = list(pitches)
    if not values:
        return None
    low = float(max(min(values) - MARGIN, LOWEST))
    rows = max(values) + 1 - low
    above = math.ceil(TIMES * rows / max(height - TIMES, 2 * TIMES))
    high = float(min(max(values) + max(MARGIN, above), HIGHEST))
    missing = SMALLEST_SPAN - (high - low)
    if missing > 0:
        low = max(low - math.floor(missing / 2), LOWEST)
        high = min(low + SMALLEST_SPAN, HIGHEST)
        low = min(low, high - SMALLEST_SPAN)
    return low, high


def _glide(value: float, target: float, part: float) -> float:
    return target if abs(target - value) < 0.04 else value + (target - value) * part
