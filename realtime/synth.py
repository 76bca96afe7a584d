"""A small synthesizer for listening to notes: decaying partials, brighter where struck harder."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

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


@dataclass(frozen=True, slots=True)
class Timbre:
    """What a note sounds like, whenever it is played."""

    levels: npt.NDArray[np.float64]
    """(partials,): amplitudes, the lowest is 1."""
    rates: npt.NDArray[np.complex128]
    """(partials,): how a partial shrinks (real, below 0) and turns (imaginary) in a second."""
    loudness: float
    """Of the whole, 0 to `LOUDNESS`."""

    def softer(self, factor: float) -> "Timbre":
        """The same at this part of its loudness."""
        return replace(self, loudness=factor * self.loudness)


def timbre(pitch: int, velocity: int, rate: int, a4_hz: float = A4_HZ) -> Timbre:
    """The sound of a MIDI pitch (0-127) struck at a velocity (1-127), for a rate in Hz."""
    hertz = a4_hz * 2 ** ((pitch - 69) / 12)
    strength = velocity / 127
    decay = 0.9 * (hertz / 220) ** 0.45
    partials = np.arange(1, PARTIALS + 1, dtype=np.float64)
    partials = partials[partials * hertz <= 0.45 * rate]
    rates = -decay * (0.6 + 0.4 * partials) + 2j * np.pi * partials * hertz
    return Timbre(partials ** -(2.2 - 1.1 * strength), rates, LOUDNESS * strength**1.3)


def voice(note: Note, age_s: npt.NDArray[np.float64], rate: int) -> npt.NDArray[np.float64]:
    """One note at these ages (seconds since its onset; 0 before it)."""
    made = timbre(note.pitch, note.velocity, rate)
    sound = np.zeros_like(age_s)
    for level, speed in zip(made.levels, made.rates, strict=True):
        fading = np.exp(speed.real * np.maximum(age_s, 0))
        sound += level * fading * np.sin(speed.imag * age_s)
    held_s = note.offset_s - note.onset_s
    rise = np.clip(age_s / ATTACK_S, 0, 1)
    fall = np.clip(1 - (age_s - held_s) / RELEASE_S, 0, 1)
    sound *= made.loudness * rise * fall**2
    return sound
