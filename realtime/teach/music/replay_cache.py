"""Keeps what a model's head reads of the replay set: hearing it takes a third of a lesson's time.

The file lies in the user's cache folder and may be deleted at any time. It is named by a hash of
model and replay set: another model, or another version of either, is never taken for this one.
"""

import contextlib
import hashlib
import shutil
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from realtime.teach.examples import Examples
from realtime.teach.music.replay import NOTES, SOUND
from realtime.values.arrays import Floats
from realtime.values.atomic import atomic_write, remove_leftovers

Bytes = npt.NDArray[np.uint8]
LAYOUT = 2
"""Version of the file, and of the choice of rows."""
SPARE_BYTES = 2 * 10**9
"""Free space that is left to others; with less nothing is kept."""
LEFT_SECONDS = 3600.0
"""Age from which what a killed lesson was writing is removed."""
ARRAYS = tuple(f.name for f in fields(Examples) if f.name not in ("features", "hops"))
LEVELS = 255
"""Steps of a feature over its range in a clip, which is a byte. Of 1.5 million probabilities of the
bundled head none moved by more than 0.02; the file is 69 MB instead of 175."""


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
        # numpy leaves a path that it cannot read open
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            names = (*ARRAYS, "hops", "rows", "codes", "low", "step")
            whole: dict[str, Any] = {name: arrays[name] for name in names}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return None
    ends = np.cumsum(whole["rows"])
    by_row = (*ARRAYS, "codes")
    if len(ends) != clips or any(len(whole[name]) != ends[-1] for name in by_row):
        return None
    parts = {name: np.split(whole[name], ends[:-1]) for name in by_row}
    return [
        Examples(
            features=from_bytes(parts["codes"][clip], whole["low"][clip], whole["step"][clip]),
            hops=int(whole["hops"][clip]),
            **{name: parts[name][clip] for name in ARRAYS},
        )
        for clip in range(clips)
    ]


def to_bytes(features: npt.NDArray[np.float16]) -> tuple[Bytes, Floats, Floats]:
    """Bytes for the features (n, width) of a clip; lowest value and step of each, (width,)."""
    if not len(features):
        width = features.shape[1]
        return features.astype(np.uint8), np.zeros(width, np.float32), np.ones(width, np.float32)
    exact = features.astype(np.float32)
    low = exact.min(axis=0)
    step = np.maximum((exact.max(axis=0) - low) / LEVELS, np.float32(1e-6))
    return np.round((exact - low) / step).astype(np.uint8), low, step


def from_bytes(codes: Bytes, low: Floats, step: Floats) -> npt.NDArray[np.float16]:
    """The features that `to_bytes` was given, each within half a step."""
    return (codes * step + low).astype(np.float16)


def keep_examples(path: Path, examples: Sequence[Examples]) -> None:
    """Write examples in place of those of other models; where that fails, a lesson loses nothing.

    Args:
        path: of `cache_path`.
        examples: of every clip.
    """
    arrays: dict[str, Any] = {
        name: np.concatenate([getattr(one, name) for one in examples]) for name in ARRAYS
    }
    coded = [to_bytes(one.features) for one in examples]
    for place, name in enumerate(("codes", "low", "step")):
        join = np.concatenate if name == "codes" else np.stack
        arrays[name] = join([one[place] for one in coded])
    arrays["hops"] = np.array([one.hops for one in examples])
    arrays["rows"] = np.array([len(one.row) for one in examples])
    size = sum(array.nbytes for array in arrays.values())
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(path.parent).free < size + SPARE_BYTES:
            return
        with atomic_write(path) as partial, partial.open("wb") as file:
            np.savez_compressed(file, **arrays)
        remove_leftovers(path.parent, LEFT_SECONDS)
        for other in path.parent.glob("[!.]*.npz"):
            if other.name != path.name:
                other.unlink(missing_ok=True)
