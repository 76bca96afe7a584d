"""Names the chord that sounding pitches make, where they make one."""

from collections.abc import Iterable

from gui.music.pitch_names import pitch_class_name

SHAPES: dict[frozenset[int], str] = {
    frozenset({0, 4, 7}): "",
    frozenset({0, 3, 7}): "m",
    frozenset({0, 3, 6}): "dim",
    frozenset({0, 4, 8}): "aug",
    frozenset({0, 2, 7}): "sus2",
    frozenset({0, 5, 7}): "sus4",
    frozenset({0, 4, 7, 10}): "7",
    frozenset({0, 4, 7, 11}): "maj7",
    frozenset({0, 3, 7, 10}): "m7",
    frozenset({0, 3, 7, 11}): "m(maj7)",
    frozenset({0, 3, 6, 10}): "m7♭5",
    frozenset({0, 3, 6, 9}): "dim7",
    frozenset({0, 4, 7, 9}): "6",
    frozenset({0, 2, 4, 7}): "add9",
    frozenset({0, 2, 4, 7, 10}): "9",
    frozenset({0, 2, 4, 7, 11}): "maj9",
    frozenset({0, 2, 3, 7, 10}): "m9",
}
"""Semitones above the root -> chord symbol after the root's name."""


def chord_name(pitches: Iterable[int], naming: str = "letters") -> str:
    """Symbol of a chord of MIDI pitches ("C", "Am7", "G/B"), "" if it has no common name.

    The lowest pitch is tried as the root first, so C-E-G-A is C6 over C and Am7 over A.
    """
    sorted_pitches = sorted(set(pitches))
    classes = {pitch % 12 for pitch in sorted_pitches}
    if len(classes) < 3:
        return ""
    bass = sorted_pitches[0] % 12
    for root in (bass, *sorted(classes - {bass})):
        shape = SHAPES.get(frozenset((pitch - root) % 12 for pitch in classes))
        if shape is not None:
            symbol = pitch_class_name(root, naming) + shape
            return symbol if root == bass else f"{symbol}/{pitch_class_name(bass, naming)}"
    return ""
