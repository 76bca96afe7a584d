"""What a key is called: C major, A minor; and in a .mid: C, Am."""

from gui.key_guess import Key
from gui.pitch_names import pitch_class_name
from gui.words import tr

MAJORS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
MINORS = ("Cm", "C#m", "Dm", "D#m", "Em", "Fm", "F#m", "Gm", "G#m", "Am", "Bbm", "Bm")


def key_signature(key: Key | None) -> str:
    """The key as a .mid writes it, "" for none."""
    return "" if key is None else (MINORS if key.minor else MAJORS)[key.tonic]


def key_name(key: Key | None, naming: str) -> str:
    """The key in words, "" for none."""
    if key is None:
        return ""
    tonic = pitch_class_name(key.tonic, naming)
    if key.minor:
        return tr("{tonic} minor", tonic=tonic)
    return tr("{tonic} major", tonic=tonic)
