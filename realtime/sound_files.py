"""What a sound file is called. No imports: the window asks this before it loads anything heavy."""

SOUND_SUFFIXES = frozenset(
    {".wav", ".flac", ".ogg", ".mp3", ".aif", ".aiff", ".opus", ".au", ".caf"}
)
"""Sound files as one meets them; a file that is named is tried whatever its suffix."""
