"""What a sound file is called. The window asks this before it loads anything heavy."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

SOUND_SUFFIXES = frozenset(
    {".wav", ".flac", ".ogg", ".mp3", ".aif", ".aiff", ".opus", ".au", ".caf"}
)
"""Sound files as one meets them; a file that is named is tried whatever its suffix."""
FOREIGN_SUFFIXES = frozenset(
    {".m4a", ".aac", ".wma", ".mp4", ".m4b", ".3gp", ".amr", ".webm", ".mka", ".ape", ".wv"}
)
"""Sound that people have and this program cannot read."""


def is_sound_file(name: str) -> bool:
    """Whether an input names a sound file rather than a device, for engine and window alike.

    A path is one ("./tune", "/tmp/tune", "~/tune"), there or not; so is a name with the suffix of a
    sound file, and a name under which a file lies in the working folder.
    """
    if name.startswith((".", "/", "~")) or Path(name).suffix.lower() in SOUND_SUFFIXES:
        return True
    with contextlib.suppress(OSError, ValueError):
        return bool(name) and Path(name).is_file()
    return False


def find_files(inputs: list[str]) -> list[Path]:
    """Files as named, folders replaced by the sound files inside (sorted, at any depth).

    Sound that cannot be read is among them, to be named by whoever tries. Names that begin with a
    dot are passed over inside folders: a Mac leaves one beside every file on a foreign disk.
    """
    files: list[Path] = []
    for word in inputs:
        path = Path(word)
        files += sorted(_inside(path)) if path.is_dir() else [path]
    return files


def _inside(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        sound = path.suffix.lower() in SOUND_SUFFIXES | FOREIGN_SUFFIXES
        if sound and not hidden and path.is_file():
            yield path
