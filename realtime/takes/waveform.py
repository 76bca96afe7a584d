"""The wave of a recording, coarse enough to be seen whole in a strip."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from realtime.values.arrays import Floats
from realtime.values.given_file import library_name

BLOCK_FRAMES = 1 << 16


def read_waveform(
    path: Path, columns: int, wanted: Callable[[], bool] = lambda: True
) -> Floats | None:
    """Loudest sample of each of so many equal parts of a sound file.

    Args:
        path: of a FLAC or WAV.
        columns: number of parts.
        wanted: asked after every block; once it says no, the reading ends.

    Returns:
        Magnitudes `(columns,)` from 0 to 1; None where the file cannot be read, or is no longer
        wanted. What cannot be read of a damaged file is 0.
    """
    import soundfile

    peaks = np.zeros(columns, dtype=np.float32)
    try:
        with soundfile.SoundFile(library_name(path)) as file:
            frames, at = max(file.frames, 1), 0
            while len(block := file.read(BLOCK_FRAMES, dtype="float32", always_2d=True)):
                if not wanted():
                    return None
                loudest = np.abs(np.nan_to_num(block)).max(axis=1)
                places = (np.arange(at, at + len(block)) * columns // frames).clip(0, columns - 1)
                starts = np.flatnonzero(np.diff(places, prepend=-1))
                parts = np.maximum.reduceat(loudest, starts)
                reached = places[starts]
                peaks[reached] = np.maximum(peaks[reached], parts)
                at += len(block)
    except (OSError, soundfile.LibsndfileError):
        return peaks if peaks.any() else None
    return peaks.clip(0, 1)
