"""MIDI pitch -> the name a musician uses."""

NAMINGS: dict[str, tuple[str, ...]] = {
    "letters": ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"),
    "german": ("C", "Cis", "D", "Dis", "E", "F", "Fis", "G", "Gis", "A", "B", "H"),
    "solfege": ("Do", "Do♯", "Re", "Re♯", "Mi", "Fa", "Fa♯", "Sol", "Sol♯", "La", "La♯", "Si"),
}
"""Naming -> the twelve pitch classes from C."""

BLACK_CLASSES = frozenset({1, 3, 6, 8, 10})


def pitch_class_name(pitch: int, naming: str = "letters") -> str:
    """Name without octave: 61 -> "C♯". An unknown naming counts as letters."""
    return NAMINGS.get(naming, NAMINGS["letters"])[pitch % 12]


def pitch_name(pitch: int, naming: str = "letters") -> str:
    """Name with octave: 60 -> "C4" (middle C)."""
    return f"{pitch_class_name(pitch, naming)}{octave(pitch)}"


def octave(pitch: int) -> int:
    """Octave number in which middle C (60) begins octave 4."""
    return pitch // 12 - 1


def is_black(pitch: int) -> bool:
    """Whether the pitch is a black key."""
    return pitch % 12 in BLACK_CLASSES
