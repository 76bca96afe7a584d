"""The notes of a take, arranged so that the visible ones of two hours are found in no time."""

from collections.abc import Iterable

import numpy as np

from realtime.values.notes import Note


class Score:
    """Notes by onset. Never edited: an edit makes a new one.

    Args:
        notes: in any order.
    """

    def __init__(self, notes: Iterable[Note] = ()) -> None:
        self.notes = tuple(sorted(notes, key=lambda note: (note.onset_s, note.pitch)))
        self._onsets = np.array([note.onset_s for note in self.notes])
        self._offsets = np.array([note.offset_s for note in self.notes])
        self._latest = np.maximum.accumulate(self._offsets) if self.notes else self._offsets
        """Latest end of all notes up to each: tells where to begin to look."""

    def __len__(self) -> int:
        return len(self.notes)

    @property
    def seconds(self) -> float:
        """When the last note ends."""
        return float(self._latest[-1]) if self.notes else 0.0

    def between(self, start_s: float, end_s: float) -> list[int]:
        """Indices of the notes that sound in this time, by onset."""
        first = int(np.searchsorted(self._latest, start_s, side="right"))
        last = int(np.searchsorted(self._onsets, end_s))
        inside = np.flatnonzero(self._offsets[first:last] > start_s) + first
        return inside.tolist()

    def at(self, second: float, pitch: int, slack_s: float = 0.0) -> int | None:
        """The note of this pitch at a moment; the one that begins last where several do."""
        for index in reversed(self.between(second - slack_s, second + slack_s + 1e-9)):
            if self.notes[index].pitch == pitch:
                return index
        return None

    def within(self, start_s: float, end_s: float, low: float, high: float) -> frozenset[int]:
        """Indices of the notes that touch a rectangle of time and pitch."""
        return frozenset(
            index
            for index in self.between(start_s, end_s)
            if low <= self.notes[index].pitch <= high
        )

    def pitch_range(self) -> tuple[int, int] | None:
        """(lowest, highest) pitch, None where there is no note."""
        pitches = [note.pitch for note in self.notes]
        return (min(pitches), max(pitches)) if pitches else None

    def density(self, columns: int, seconds: float) -> tuple[np.ndarray, np.ndarray]:
        """Columns, from 0, of the onsets and MIDI pitches, both (notes,), for the overview."""
        places = np.clip(self._onsets / max(seconds, 1e-9) * columns, 0, columns - 1)
        return places.astype(int), np.array([note.pitch for note in self.notes], dtype=int)
