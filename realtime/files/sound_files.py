"""What a sound file is called. The window asks this before it loads anything heavy."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

_USUAL = {".wav", ".flac", ".ogg", ".mp3", ".aif", ".aiff", ".opus", ".au", ".caf"}
_CONTAINERS = {".m4a", ".m4b", ".mp4", ".mov", ".3gp", ".webm", ".mkv", ".mka"}
_OTHERS = {".aac", ".wma", ".amr", ".ape", ".wv"}
SOUND_SUFFIXES = frozenset(_USUAL | _CONTAINERS | _OTHERS)
"""Sound files as one meets them, films among them; a file that is named is tried whatever its
suffix."""


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

    Names that begin with a
    dot are passed over inside folders: a Mac leaves one beside every file on a foreign disk.
    """
    files: list[Path] = []
    for word in inputs:
        path = Path(word)
        files += sorted(_inside(path)) if os.path.isdir(path) else [path]
    return files


def _inside(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        sound = path.suffix.lower() in SOUND_SUFFIXES
        if sound and not hidden and not path.is_dir():
            yield path
