"""How well notes were heard: found with their onset, and with their end."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from realtime.values.arrays import Doubles

ONSET_SECONDS = 0.05
SOFT_ONSET_SECONDS = 0.1
"""Seconds for sounds that swell, whose onsets nobody can mark more exactly."""
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

    def __sub__(self, other: "Counts") -> "Counts":
        return Counts(
            self.true - other.true,
            self.heard - other.heard,
            self.found - other.found,
            self.ended - other.ended,
        )

    @property
    def sum(self) -> int:
        """Notes that were true or heard."""
        return self.true + self.heard

    @property
    def onset_f1(self) -> float:
        """F1 of onset and pitch, 0-1; 1 where nothing was true and nothing heard."""
        return 2 * self.found / self.sum if self.sum else 1.0

    @property
    def end_f1(self) -> float:
        """F1 of onset, pitch and end, 0 to 1."""
        return 2 * self.ended / self.sum if self.sum else 1.0


def count(true: Doubles, heard: Doubles, tolerance: float = ONSET_SECONDS) -> Counts:
    """Match notes pitch by pitch in order of time, which on one pitch is the best matching.

    Args:
        true: (n, 3 or more): onset, end (seconds), pitch.
        heard: the same.
        tolerance: of the onset, seconds.
    """
    every = count_by(true, heard, np.zeros(len(true), np.int64), tolerance)
    return sum(every.values(), Counts())


def count_by(
    true: Doubles,
    heard: Doubles,
    groups: npt.NDArray[np.int64],
    tolerance: float = ONSET_SECONDS,
) -> dict[int, Counts]:
    """Counts of `count` by groups of the true notes.

    A note that was heard and is none belongs to the group of the true note that begins nearest to
    it, and to group -1 where there is no true note.

    Args:
        true: (n, 3 or more): onset, end (seconds), pitch.
        heard: the same.
        groups: (n,): of each true note.
        tolerance: of the onset, seconds.
    """
    counts: dict[int, Counts] = {}

    def add(group: int, one: Counts) -> None:
        counts[group] = counts.get(group, Counts()) + one

    for pitch in np.unique(np.concatenate([true[:, 2], heard[:, 2]])):
        mine = np.flatnonzero(true[:, 2] == pitch)
        mine = mine[np.argsort(true[mine, 0], kind="stable")]
        given = heard[heard[:, 2] == pitch, :2]
        given = given[np.argsort(given[:, 0], kind="stable")]
        spare = np.ones(len(given), bool)
        place = 0
        for note in mine:
            onset, end = true[note, :2]
            while place < len(given) and given[place, 0] < onset - tolerance:
                place += 1
            found = place < len(given) and given[place, 0] <= onset + tolerance
            ended = False
            if found:
                allowed = max(tolerance, END_PART * (end - onset))
                ended = bool(abs(given[place, 1] - end) <= allowed)
                spare[place] = False
                place += 1
            add(int(groups[note]), Counts(1, int(found), int(found), int(ended)))
        for onset in given[spare, 0]:
            near = int(groups[np.argmin(np.abs(true[:, 0] - onset))]) if len(true) else -1
            add(near, Counts(0, 1))
    return counts
