"""Names of MIDI pitches as musicians use them: letters, H for B, or numbers."""

NAMINGS: dict[str, tuple[str, ...]] = {
    "letters": ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"),
    "german": ("C", "Cis", "D", "Dis", "E", "F", "Fis", "G", "Gis", "A", "B", "H"),
    "solfege": ("Do", "Do♯", "Re", "Re♯", "Mi", "Fa", "Fa♯", "Sol", "Sol♯", "La", "La♯", "Si"),
}
"""Naming -> the twelve pitch classes from C."""

FLAT = "-flat"
_FLATS = {
    "letters" + FLAT: {1: "D♭", 3: "E♭", 6: "G♭", 8: "A♭", 10: "B♭"},
    "german" + FLAT: {1: "Des", 3: "Es", 6: "Ges", 8: "As", 10: "B"},
    "solfege" + FLAT: {1: "Re♭", 3: "Mi♭", 6: "Sol♭", 8: "La♭", 10: "Si♭"},
}
_SPELLED = NAMINGS | {
    flat: tuple(names.get(index, plain) for index, plain in enumerate(NAMINGS[flat[: -len(FLAT)]]))
    for flat, names in _FLATS.items()
}
BLACK_CLASSES = frozenset({1, 3, 6, 8, 10})


def pitch_class_name(pitch: int, naming: str = "letters") -> str:
    """Name of a MIDI pitch without octave: 61 -> "C♯". An unknown naming counts as letters."""
    return _SPELLED.get(naming, NAMINGS["letters"])[pitch % 12]


def spelled(naming: str, flats: bool) -> str:
    """The naming with flats or sharps on the black keys."""
    return naming.removesuffix(FLAT) + (FLAT if flats else "")


def pitch_name(pitch: int, naming: str = "letters") -> str:
    """Name of a MIDI pitch with octave: 60 -> "C4" (middle C)."""
    return f"{pitch_class_name(pitch, naming)}{octave(pitch)}"


def octave(pitch: int) -> int:
    """Octave of a MIDI pitch; middle C (60) begins octave 4."""
    return pitch // 12 - 1


def is_black(pitch: int) -> bool:
    """Whether a MIDI pitch is a black key."""
    return pitch % 12 in BLACK_CLASSES
