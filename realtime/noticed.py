"""A block of frames held against the decoder's thresholds: few frames need more than this."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from realtime.early_starts import Starts

Probabilities = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Noticed:
    """A block of frames held against the thresholds; all rolls are (frames, pitch_count)."""

    onset: Probabilities
    frame: Probabilities
    offset: Probabilities
    velocity: Probabilities
    history: Probabilities
    """Onsets above 0, with one window less a frame before the block."""
    strong: dict[int, list[int]]
    """Rows by frame whose onset suffices."""
    gathered: dict[int, list[int]]
    """Rows by frame whose recent onsets may suffice together."""
    sooner: Mapping[int, Starts]
    """Rows by frame of which a shorter look-ahead is sure."""


def window_sums(history: Probabilities, frames: int) -> npt.NDArray[np.float64]:
    """Sums over so many frames up to each, from the first that has as many: (n - frames + 1, n)."""
    if len(history) == frames:
        window: npt.NDArray[np.float64] = history.sum(axis=0, keepdims=True, dtype=np.float64)
        return window
    summed = np.cumsum(history, axis=0, dtype=np.float64)
    summed = np.concatenate([np.zeros((1, history.shape[1])), summed])
    return summed[frames:] - summed[:-frames]


def rows_by_frame(mask: npt.NDArray[np.bool_]) -> dict[int, list[int]]:
    """Frame -> its rows that are set, ascending; frames without any are left out."""
    found: dict[int, list[int]] = {}
    if not mask.any():
        return found
    for index, row in np.argwhere(mask).tolist():
        found.setdefault(index, []).append(row)
    return found
