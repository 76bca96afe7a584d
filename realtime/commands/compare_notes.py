"""Compares notes with the true ones: same pitch, onset within 50 ms, each counted once."""

from collections.abc import Sequence
from dataclasses import dataclass

from realtime.values.notes import Note

ONSET_TOLERANCE_S = 0.05


@dataclass(frozen=True, slots=True)
class Comparison:
    """Counts of a comparison between two lists of notes."""

    true: int
    heard: int
    found: int

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, 0-1."""
        return 2 * self.found / (self.true + self.heard) if self.true + self.heard else 1.0


def compare(true: Sequence[Note], heard: Sequence[Note]) -> Comparison:
    """Match notes pitch by pitch in order of time, which is the best matching on one pitch."""
    found = 0
    for pitch in {note.pitch for note in true}:
        waiting = sorted(note.onset_s for note in heard if note.pitch == pitch)
        for onset in sorted(note.onset_s for note in true if note.pitch == pitch):
            while waiting and waiting[0] < onset - ONSET_TOLERANCE_S:
                waiting.pop(0)
            if waiting and waiting[0] <= onset + ONSET_TOLERANCE_S:
                waiting.pop(0)
                found += 1
    return Comparison(len(true), len(heard), found)
