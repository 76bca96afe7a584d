"""Scales, and where notes outside of them go."""

from typing import Any

from realtime.values.ranges import OneOf, refuse

NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


def pitch_name(pitch: int) -> str:
    """Name a MIDI pitch with its octave: 60 is C4."""
    return f"{NAMES[pitch % 12]}{pitch // 12 - 1}"


def hertz(pitch: Any, a4_hz: float = 440.0) -> Any:
    """Compute the frequency in Hz of a MIDI pitch, fractions too.

    Args:
        pitch: a number, an array or a tensor of any shape.
        a4_hz: frequency of pitch 69.
    """
    return a4_hz * 2.0 ** ((pitch - 69) / 12)


OFF = "chromatic"


SCALES: dict[str, tuple[int, ...]] = {
    OFF: tuple(range(12)),
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "harmonic-minor": (0, 2, 3, 5, 7, 8, 11),
    "melodic-minor": (0, 2, 3, 5, 7, 9, 11),
    "major-pentatonic": (0, 2, 4, 7, 9),
    "minor-pentatonic": (0, 3, 5, 7, 10),
    "blues": (0, 3, 5, 6, 7, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "whole-tone": (0, 2, 4, 6, 8, 10),
}
"""Name -> semitones above the root."""


OUTSIDE = ("adjust", "remove")
"""What becomes of a note outside the scale: it moves to the nearest, or is left out."""


LEFT_OUT = -1


FLATS = {"Db": 1, "Eb": 3, "Gb": 6, "Ab": 8, "Bb": 10}
"""Further names of the black keys -> semitones from C up."""


ROOTS = OneOf((*NAMES, *FLATS))
"""What the first note of a scale may be called; large and small letters are alike."""


_CLASSES = {name.upper(): index for index, name in enumerate(NAMES)} | {
    name.upper(): index for name, index in FLATS.items()
}


def root_class(root: str) -> int:
    """Count the semitones from C up to a root by name, "F#" and "Gb" alike: 0-11.

    Raises:
        UserError: if there is no such note.
    """
    found = _CLASSES.get(root.strip().upper().replace("♯", "#").replace("♭", "B"))
    if found is None:
        refuse("scale_root", root, ROOTS)
    return found


def landing(scale: str, root: str, outside: str, low: int = 0, high: int = 127) -> tuple[int, ...]:
    """List where each MIDI pitch goes.

    Args:
        scale: a name of `SCALES`.
        root: its first note by name.
        outside: one of `OUTSIDE`.
        low: lowest MIDI pitch on which a moved note may land.
        high: the highest.

    Returns:
        128 MIDI pitches or `LEFT_OUT`. Of two notes of the scale that are equally near the lower
        is taken; notes of the scale stay where they are.

    Raises:
        UserError: naming the setting that is none of these.
    """
    if scale not in SCALES:
        refuse("scale", scale, OneOf(tuple(SCALES)))
    if outside not in OUTSIDE:
        refuse("outside_scale", outside, OneOf(OUTSIDE))
    classes = {(root_class(root) + step) % 12 for step in SCALES[scale]}
    inside = [pitch for pitch in range(max(low, 0), min(high, 127) + 1) if pitch % 12 in classes]
    table = []
    for pitch in range(128):
        if pitch % 12 in classes:
            table.append(pitch)
        elif outside == "remove" or not inside:
            table.append(LEFT_OUT)
        else:
            table.append(min(inside, key=lambda other: abs(other - pitch)))
    return tuple(table)
