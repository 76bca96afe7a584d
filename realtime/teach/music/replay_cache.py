"""Keeps what a model's head reads of the replay set: hearing it takes a third of a lesson's time.

The file lies in the user's cache folder and may be deleted at any time. It is named by a hash of
model and replay set: another model, or another version of either, is never taken for this one.
"""

import contextlib
import hashlib
import shutil
import zipfile
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from realtime.files.atomic import atomic_write, remove_leftovers
from realtime.teach.examples import Examples
from realtime.teach.music.replay import NOTES, SOUND

LAYOUT = 1
"""Version of the file, and of the choice of rows."""
SPARE_BYTES = 2 * 10**9
"""Free space that is left to others; with less nothing is kept."""
LEFT_SECONDS = 3600.0
"""Age from which what a killed lesson was writing is removed."""
ARRAYS = tuple(field.name for field in fields(Examples) if field.name != "hops")


def cache_folder() -> Path:
    """Per-user folder of what can be made again; it need not exist."""
    import platformdirs

    return platformdirs.user_cache_path("jaka-to-melodia", appauthor=False) / "replay"


def cache_path(model: bytes) -> Path:
    """Where the examples of a model lie, or would.

    Args:
        model: content of its file, with the head that it was taught.
    """
    digest = hashlib.sha256(model)
    for part in (SOUND.read_bytes(), NOTES.read_bytes(), str(LAYOUT).encode()):
        digest.update(hashlib.sha256(part).digest())
    return cache_folder() / f"{digest.hexdigest()[:32]}.npz"


def read_examples(path: Path, clips: int) -> list[Examples] | None:
    """Examples of every clip; None where there are none, or not these.

    Args:
        path: of `cache_path`.
        clips: of the replay set.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            whole: dict[str, Any] = {name: file[name] for name in (*ARRAYS, "hops", "rows")}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    ends = np.cumsum(whole["rows"])
    if len(ends) != clips or any(len(whole[name]) != ends[-1] for name in ARRAYS):
        return None
    parts = {name: np.split(whole[name], ends[:-1]) for name in ARRAYS}
    return [
        Examples(**{name: parts[name][clip] for name in ARRAYS}, hops=int(whole["hops"][clip]))
        for clip in range(clips)
    ]


def keep_examples(path: Path, examples: Sequence[Examples]) -> None:
    """Write examples in place of those of other models; where that fails, a lesson loses nothing.

    Args:
        path: of `cache_path`.
        examples: of every clip.
    """
    arrays: dict[str, Any] = {
        name: np.concatenate([getattr(one, name) for one in examples]) for name in ARRAYS
    }
    arrays["hops"] = np.array([one.hops for one in examples])
    arrays["rows"] = np.array([len(one.row) for one in examples])
    size = sum(array.nbytes for array in arrays.values())
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(path.parent).free < size + SPARE_BYTES:
            return
        with atomic_write(path) as partial, partial.open("wb") as file:
            np.savez(file, **arrays)
        remove_leftovers(path.parent, LEFT_SECONDS)
        for other in path.parent.glob("[!.]*.npz"):
            if other.name != path.name:
                other.unlink(missing_ok=True)
