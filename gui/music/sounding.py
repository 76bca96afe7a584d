"""Keeps each sounding note on show long enough to be read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from realtime.values.snapshot import RollNote

FADE_S = 0.35
"""How long an ended note stays readable."""
MOST = 10


@dataclass(frozen=True)
class SoundingNote:
    """A note to show big: MIDI pitch, velocity 1-127, strength.

    `strength` is 1 while it sounds and falls to 0 after its end.
    """

    pitch: int
    velocity: int
    strength: float
    unsure: bool = False


def outer_voices(notes: Sequence[SoundingNote], count: int) -> list[SoundingNote]:
    """`count` of these notes by pitch; the middle is left out first, the melody last of all."""
    low, high = count // 2, count - count // 2
    return list(notes) if count >= len(notes) else [*notes[:low], *notes[-high:]]


def sounding_notes(notes: Iterable[RollNote], now_s: float) -> list[SoundingNote]:
    """Notes that sound at this second or just ended, by pitch: the `MOST` strongest."""
    strongest: dict[int, SoundingNote] = {}
    for note in notes:
        strength = 1.0
        if note.offset_s is not None:
            strength = 1.0 - (now_s - note.offset_s) / FADE_S
        known = strongest.get(note.pitch)
        if 0.0 < strength <= 1.0 and (known is None or strength >= known.strength):
            strongest[note.pitch] = SoundingNote(note.pitch, note.velocity, strength, note.unsure)
    kept = sorted(strongest.values(), key=lambda note: -note.strength)[:MOST]
    return sorted(kept, key=lambda note: note.pitch)
