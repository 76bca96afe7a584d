"""Reverberation of rendered music: measured or simulated rooms, and invented halls."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile as sf
import soxr
from scipy.signal import butter, oaconvolve, sosfilt

from realtime.files.labels.tables import read_records, require_cell
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import why
from trainer.render.music.notation import SAMPLE_RATE


def list_rooms(folder: Path) -> list[Path]:
    """Room responses of `folder/index.csv`, without the device colourings."""
    index = folder / "index.csv"
    if not index.exists():
        raise UserError(f"No index.csv in the room folder {folder}. See docs/data.md.")
    names = [require_cell(index, n, row, "file") for n, row in read_records(index, ("file",))]
    return sorted(folder / name for name in names if name.startswith("rooms/"))


def put_into_room(sound: np.ndarray, room: Path) -> np.ndarray:
    """The sound (n_samples,) in a room whose direct path is sample 0; same length."""
    result: np.ndarray = oaconvolve(sound, _load_room(room))[: len(sound)].astype(np.float32)
    return result


def put_into_hall(sound: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The sound (n_samples,) with an invented tail of 0.3 to 2 s behind it; same length."""
    seconds = float(rng.uniform(0.3, 2.0))
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    tail = rng.standard_normal(len(time)) * 10 ** (-3 * time / seconds)
    dark = butter(1, float(rng.uniform(1500, 6000)), "low", fs=SAMPLE_RATE, output="sos")
    tail = sosfilt(dark, tail)
    tail[: int(rng.uniform(0.005, 0.03) * SAMPLE_RATE)] = 0
    tail *= 10 ** (float(rng.uniform(-22, -6)) / 20) / np.sqrt(np.sum(tail**2))
    tail[0] = 1
    result: np.ndarray = oaconvolve(sound, tail)[: len(sound)].astype(np.float32)
    return result


@lru_cache(maxsize=256)
def _load_room(path: Path) -> np.ndarray:
    try:
        response, rate = sf.read(path, dtype="float32", always_2d=True)
    except (OSError, sf.LibsndfileError) as error:
        raise UserError(
            f"{path} is listed in index.csv but cannot be read: {why(error)}"
        ) from error
    result: np.ndarray = soxr.resample(response.mean(axis=1), rate, SAMPLE_RATE)
    return result
