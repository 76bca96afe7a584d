"""A guess of the key from the notes of the last seconds, and whether it is written with flats."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from gui.language.translate import Text, language, tr
from gui.music.pitch_names import pitch_class_name
from realtime.values.snapshot import RollNote

MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)


MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
"""How well each degree fits a key, from listeners (Krumhansl and Kessler 1982)."""


FEWEST_NOTES = 12


SURE = 0.6
"""Correlation below which no key is named."""


EVERY_S = 1.0


STEADY_S = 4.0
"""A new key must hold this long before anything changes."""


FLAT_MAJORS = frozenset({1, 3, 5, 8, 10})


class TimedPitch(Protocol):
    """A note as the roll knows it, or as a take does."""

    @property
    def onset_s(self) -> float:
        """Start of the note, in seconds."""

    @property
    def offset_s(self) -> float | None:
        """End in seconds, None while it sounds."""

    @property
    def pitch(self) -> int:
        """MIDI pitch of the note, 0 to 127."""


@dataclass(frozen=True)
class Key:
    """Tonic, in semitones above C (0-11), and mode."""

    tonic: int
    minor: bool

    @property
    def flats(self) -> bool:
        """Whether it is written with flats; C major and A minor are not."""
        return (self.tonic + 3 * self.minor) % 12 in FLAT_MAJORS


def guess_key(notes: Sequence[TimedPitch], now_s: float) -> Key | None:
    """The key that fits the lengths of the notes up to this second best, None where none fits."""
    if len(notes) < FEWEST_NOTES:
        return None
    weights = [0.0] * 12
    for note in notes:
        end_s = now_s if note.offset_s is None else note.offset_s
        weights[note.pitch % 12] += min(max(end_s - note.onset_s, 0.05), 2.0)
    keys = [Key(tonic, minor) for tonic in range(12) for minor in (False, True)]
    fits = {key: _correlation(weights, _profile(key)) for key in keys}
    best = max(keys, key=lambda key: fits[key])
    return best if fits[best] >= SURE else None


class KeyFollower:
    """Follows the key over time; it changes only when another one has been likelier for long."""

    def __init__(self) -> None:
        self.key: Key | None = None
        self._asked_s = -EVERY_S
        self._other: tuple[Key | None, float] = (None, 0.0)

    def update(self, notes: Sequence[RollNote], stream_s: float) -> Key | None:
        """The key at this second of the stream."""
        if 0 <= stream_s - self._asked_s < EVERY_S:
            return self.key
        self._asked_s = stream_s
        guess = guess_key(notes, stream_s)
        if guess == self.key or guess != self._other[0] or stream_s < self._other[1]:
            self._other = (guess, stream_s)
        elif stream_s - self._other[1] >= STEADY_S:
            self.key = guess
        return self.key


def _profile(key: Key) -> list[float]:
    degrees = MINOR if key.minor else MAJOR
    return [degrees[(pitch - key.tonic) % 12] for pitch in range(12)]


def _correlation(one: Iterable[float], other: Iterable[float]) -> float:
    a, b = list(one), list(other)
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    top = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True))
    below = sum((x - mean_a) ** 2 for x in a) * sum((y - mean_b) ** 2 for y in b)
    return top / math.sqrt(below) if below > 0 else 0.0


MAJORS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


MINORS = ("Cm", "C#m", "Dm", "D#m", "Em", "Fm", "F#m", "Gm", "G#m", "Am", "Bbm", "Bm")


def key_signature(key: Key | None) -> str:
    """The key as a .mid writes it, "" for none."""
    return "" if key is None else (MINORS if key.minor else MAJORS)[key.tonic]


SMALL_MINORS = ("pl",)
"""Languages that write the tonic of a minor key with a small letter: "e-moll" beside "E-dur"."""


def _of_minor(tonic: str) -> str:
    return tonic.lower() if language() in SMALL_MINORS else tonic


def key_name(key: Key | None, naming: str) -> str:
    """The key in words, "" for none."""
    if key is None:
        return ""
    tonic = pitch_class_name(key.tonic, naming)
    if key.minor:
        return tr("{tonic} minor", tonic=Text(lambda: _of_minor(tonic)))
    return tr("{tonic} major", tonic=tonic)
