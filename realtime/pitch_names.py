"""MIDI numbers as musicians write them."""

NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


def pitch_name(pitch: int) -> str:
    """MIDI number -> name and octave: 60 -> C4."""
    return f"{NAMES[pitch % 12]}{pitch // 12 - 1}"
