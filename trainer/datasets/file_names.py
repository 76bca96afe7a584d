"""File names compared as people read them: in any Unicode normal form, suffixes in any case.

macOS writes names in decomposed letters (NFD), everybody else in composed ones (NFC), and exFAT
sticks and archives mix them; old programs and cameras write suffixes in capitals.
"""

import unicodedata
from functools import lru_cache
from pathlib import Path


def normal_name(name: str) -> str:
    """A name in composed letters."""
    return unicodedata.normalize("NFC", name)


def loose_name(name: str) -> str:
    """A name in composed letters without regard to case."""
    return normal_name(name).casefold()


def has_suffix(path: Path, suffixes: tuple[str, ...]) -> bool:
    """Does a file that is not hidden end in one of the suffixes, in any case?"""
    return path.suffix.lower() in suffixes and not path.name.startswith(".")


def find_file(path: Path) -> Path:
    """The file itself, or the only one whose path reads the same; `path` where there is none.

    Tables of corpora name files that a disk may hold in another normal form or case.
    """
    if path.exists() or path.parent == path:
        return path
    folder = find_file(path.parent)
    if not folder.is_dir():
        return path
    alike = _names_below(folder, folder.stat().st_mtime_ns).get(loose_name(path.name), [])
    return folder / alike[0] if len(alike) == 1 else path


@lru_cache(maxsize=64)
def _names_below(folder: Path, changed: int) -> dict[str, list[str]]:
    """Names in a folder by their loose form; `changed` is its time of modification."""
    found: dict[str, list[str]] = {}
    for path in folder.iterdir():
        found.setdefault(loose_name(path.name), []).append(path.name)
    return found
