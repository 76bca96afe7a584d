"""What a sound file is called. No imports: the window asks this before it loads anything heavy."""

from pathlib import Path

SOUND_SUFFIXES = frozenset(
    {".wav", ".flac", ".ogg", ".mp3", ".aif", ".aiff", ".opus", ".au", ".caf"}
)
"""Sound files as one meets them; a file that is named is tried whatever its suffix."""


def is_sound_file(name: str) -> bool:
    """Whether an input is a file rather than a device."""
    return bool(name) and Path(name).suffix.lower() in SOUND_SUFFIXES
