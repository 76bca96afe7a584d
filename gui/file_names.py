"""Names of saved files: their suffix, and names that are still free. No Qt."""

from collections.abc import Sequence
from pathlib import Path


def with_suffix(path: Path, suffix: str) -> Path:
    """The path with this suffix added unless it is there: "Take 1.2" becomes "Take 1.2.mid"."""
    return path if path.suffix.lower() == suffix else path.with_name(path.name + suffix)


def free_beside(target: Path, suffixes: Sequence[str]) -> Path:
    """A path to replace the suffix of, so that no file is there: "song", or "song 2", ..."""
    base, number = target, 2
    while any(base.with_suffix(suffix).exists() for suffix in suffixes):
        base, number = target.with_name(f"{target.stem} {number}{target.suffix}"), number + 1
    return base
