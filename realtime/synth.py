"""A small synthesizer for listening to notes: decaying partials, brighter where struck harder."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from realtime.notes import Note

Floats = npt.NDArray[np.float32]

PARTIALS = 7
ATTACK_S = 0.004
RELEASE_S = 0.12
LONGEST_S = 12.0
"""A struck note cannot be heard any more after this."""
LOUDNESS = 0.16
"""Amplitude of the hardest note's strongest partial."""
A4_HZ = 440.0


class Synth:
    """Renders any stretch of a piece, always the same way: no state but the notes.

    Args:
        notes: in any order.
        rate: Hz.
    """

    def __init__(self, notes: Sequence[Note], rate: int) -> None:
        self.rate = rate
        self._notes = sorted(notes, key=lambda note: note.onset_s)
        self._onsets = np.array([note.onset_s for note in self._notes])

    def render(self, start: int, frames: int) -> Floats:
        """Samples [start, start + frames) of the piece, float32 in (-1, 1)."""
        mixed = np.zeros(frames)
        begin_s, end_s = start / self.rate, (start + frames) / self.rate
        first = int(np.searchsorted(self._onsets, begin_s - LONGEST_S))
        last = int(np.searchsorted(self._onsets, end_s))
        moments = np.arange(start, start + frames) / self.rate
        for note in self._notes[first:last]:
            if note.offset_s + RELEASE_S > begin_s:
                mixed += voice(note, moments - note.onset_s, self.rate)
        return np.tanh(mixed).astype(np.float32)


def voice(note: Note, age_s: npt.NDArray[np.float64], rate: int) -> npt.NDArray[np.float64]:
    """One note at these ages (seconds since its onset; 0 before it)."""
    hertz = A4_HZ * 2 ** ((note.pitch - 69) / 12)
    strength = note.velocity / 127
    decay = 0.9 * (hertz / 220) ** 0.45
    sound = np.zeros_like(age_s)
    for partial in range(1, PARTIALS + 1):
        if partial * hertz > 0.45 * rate:
            break
        level = partial ** -(2.2 - 1.1 * strength)
        fading = np.exp(-decay * (0.6 + 0.4 * partial) * np.maximum(age_s, 0))
        sound += level * fading * np.sin(2 * np.pi * partial * hertz * age_s)
    held_s = note.offset_s - note.onset_s
    rise = np.clip(age_s / ATTACK_S, 0, 1)
    fall = np.clip(1 - (age_s - held_s) / RELEASE_S, 0, 1)
    sound *= LOUDNESS * strength**1.3 * rise * fall**2
    return sound
