"""What a sound file is called. No imports: the window asks this before it loads anything heavy."""

from pathlib import Path

SOUND_SUFFIXES = frozenset(
    {".wav", ".flac", ".ogg", ".mp3", ".aif", ".aiff", ".opus", ".au", ".caf"}
)
"""Sound files as one meets them; a file that is named is tried whatever its suffix."""


def is_sound_file(name: str) -> bool:
    """Whether an input is a file rather than a device."""
    return bool(name) and Path(name).suffix.lower() in SOUND_SUFFIXES


def find_files(inputs: list[str]) -> list[Path]:
    """Files as named, folders replaced by the sound files inside (sorted, at any depth)."""
    files: list[Path] = []
    for word in inputs:
        path = Path(word)
        if path.is_dir():
            inside = sorted(path.rglob("*"))
            files += [p for p in inside if p.suffix.lower() in SOUND_SUFFIXES and p.is_file()]
        else:
            files.append(path)
    return files
