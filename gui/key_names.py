"""What a key is called: C major, A minor."""

from gui.key_guess import Key
from gui.pitch_names import pitch_class_name
from gui.words import tr


def key_name(key: Key | None, naming: str) -> str:
    """The key in words, "" for none."""
    if key is None:
        return ""
    tonic = pitch_class_name(key.tonic, naming)
    if key.minor:
        return tr("{tonic} minor", tonic=tonic)
    return tr("{tonic} major", tonic=tonic)
