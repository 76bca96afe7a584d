"""Frequencies as MIDI pitches, and whether numbers that are just called pitch are one or the other.

Low notes have frequencies below 128 Hz, which would pass for MIDI numbers and be learned octaves
too high. Whole numbers are taken for MIDI unless they look like rounded frequencies.
"""

import math
from collections.abc import Iterable
from typing import Any

from realtime.values.pitches import hertz

HIGHEST_MIDI = 127
LOWEST_KEY, HIGHEST_KEY = 21, 108
"""Ends of a piano's keyboard; a MIDI number above it is rarer than a low note in Hz."""
EXACT = 0.001
"""A MIDI number may be off a whole one by this, as programs write numbers."""
LOWEST_TELLING = 44
"""Hz of an F1; from there on rounded frequencies are three and more apart."""
ROUNDED_HERTZ = frozenset(round(hertz(pitch)) for pitch in range(29, 48))
"""Tempered frequencies in whole Hz from there to 127; of MIDI numbers, every fourth is one."""
MANY = 6
"""So many different numbers are hardly all of them rounded frequencies by chance: of 1164 parts of
scores none had more than five in nine, and a chord of minor thirds has five."""


def on_keyboard(pitch: Any) -> Any:
    """Whether a MIDI pitch lies on a piano's keyboard: of a number, or of each of an array."""
    return (pitch >= LOWEST_KEY) & (pitch <= HIGHEST_KEY)


def midi_pitch(frequency: float) -> float:
    """MIDI pitch (69 is A4, fractions too) of a frequency in Hz.

    Raises:
        ValueError: if it is not above 0.
    """
    return 69 + 12 * math.log2(frequency / 440)


def nearest_key(pitch: float) -> int:
    """The whole MIDI pitch nearest to one; halfway, the upper one.

    Raises:
        ArithmeticError, ValueError: if it is not finite.
    """
    return math.floor(pitch + 0.5)


def find_doubtful(pitches: Iterable[float]) -> float | None:
    """The first of some numbers that may be Hz as well as MIDI; None where all are MIDI numbers.

    A number that is not whole is doubtful, and one above 127. Whole ones are where all of them (but
    for the lowest, which tell nothing) are tempered frequencies rounded to Hz, if they are many or
    one lies above the piano's keys.
    """
    numbers = list(dict.fromkeys(pitches))
    for number in numbers:
        if number > HIGHEST_MIDI or abs(number - round(number)) > EXACT:
            return number
    telling = {round(number) for number in numbers if round(number) >= LOWEST_TELLING}
    if telling <= ROUNDED_HERTZ and (len(telling) >= MANY or max(telling, default=0) > HIGHEST_KEY):
        return numbers[0]
    return None


def find_midi(frequencies: Iterable[float]) -> float | None:
    """The first of some numbers in Hz that are MIDI pitches by mistake; None where they are Hz.

    They are whole and at most 127, and one of them is no tempered frequency.
    """
    numbers = list(dict.fromkeys(frequencies))
    whole = all(number == round(number) <= HIGHEST_MIDI for number in numbers)
    odd = (n for n in numbers if n >= LOWEST_TELLING and round(n) not in ROUNDED_HERTZ)
    return next(odd, None) if whole else None
