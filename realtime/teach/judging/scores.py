"""How well notes were heard: found with their onset, and with their end."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

ONSET_SECONDS = 0.05
SOFT_ONSET_SECONDS = 0.1
"""For sounds that swell, whose onsets nobody can mark more exactly."""
END_PART = 0.2
"""An end may be off by this part of the note, or by the onset's tolerance."""


@dataclass(frozen=True)
class Counts:
    """Counts of a comparison; they add up over recordings."""

    true: int = 0
    heard: int = 0
    found: int = 0
    ended: int = 0
    """Found notes that also end where they should."""

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.true + other.true,
            self.heard + other.heard,
            self.found + other.found,
            self.ended + other.ended,
        )

    @property
    def onset_f1(self) -> float:
        """F1 of onset and pitch, 0-1; 1 where nothing was true and nothing heard."""
        total = self.true + self.heard
        return 2 * self.found / total if total else 1.0

    @property
    def end_f1(self) -> float:
        """F1 of onset, pitch and end, 0 to 1."""
        total = self.true + self.heard
        return 2 * self.ended / total if total else 1.0


def count(true: Array, heard: Array, tolerance: float = ONSET_SECONDS) -> Counts:
    """Match notes pitch by pitch in order of time, which on one pitch is the best matching.

    Args:
        true: (n, 3 or more): onset, end (seconds), pitch.
        heard: the same.
        tolerance: of the onset, seconds.
    """
    found = ended = 0
    for pitch in np.unique(true[:, 2]):
        wanted = np.sort(true[true[:, 2] == pitch, :2], axis=0)
        given = np.sort(heard[heard[:, 2] == pitch, :2], axis=0)
        place = 0
        for onset, end in wanted:
            while place < len(given) and given[place, 0] < onset - tolerance:
                place += 1
            if place < len(given) and given[place, 0] <= onset + tolerance:
                found += 1
                allowed = max(tolerance, END_PART * (end - onset))
                ended += abs(given[place, 1] - end) <= allowed
                place += 1
    return Counts(len(true), len(heard), found, int(ended))
