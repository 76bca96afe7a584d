"""Frames and rows at which a note may start: strong onsets, such as add up, and early ones."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Probabilities = npt.NDArray[np.float32]


Early = Mapping[int, tuple[Probabilities, Probabilities]]
"""Look-ahead in frames -> onset and velocity of the same hops, each (frames, pitch_count)."""


class EarlyStart(NamedTuple):
    """A shorter look-ahead heard a note start."""

    lead: int
    """Frames by which it starts after the frame that the look-ahead in use describes."""
    onset: float
    """Onset probability that the shorter look-ahead gives, 0-1."""
    velocity: float
    """Velocity that the network gives there, 0-1."""


Starts = Mapping[int, EarlyStart]
"""Row -> its start, of which a shorter look-ahead is sure: it need not wait for the longer one."""


def find_early_starts(
    early: Early, thresholds: tuple[tuple[int, float], ...], look_ahead_frames: int
) -> dict[int, dict[int, EarlyStart]]:
    """Find the notes that shorter look-aheads are sure of.

    Args:
        early: outputs of a block of hops; look-aheads that it lacks are passed over.
        thresholds: (look-ahead in frames, onset probability that suffices), see
            `DecoderSettings.early`.
        look_ahead_frames: the look-ahead in use; others count only if they are shorter.

    Returns:
        Index of the hop -> row -> start; of several look-aheads the shortest.
    """
    found: dict[int, dict[int, EarlyStart]] = {}
    for frames, threshold in sorted(thresholds):
        if frames not in early or frames >= look_ahead_frames:
            continue
        onset, velocity = early[frames]
        if onset.max() < threshold:
            continue
        for index, row in np.argwhere(onset >= threshold).tolist():
            loudness = float(velocity[index, row])
            start = EarlyStart(
                look_ahead_frames - frames,
                float(onset[index, row]),
                0.0 if math.isnan(loudness) else loudness,
            )
            found.setdefault(index, {}).setdefault(row, start)
    return found


@dataclass(frozen=True, slots=True)
class Candidates:
    """A block of frames and the rows at which notes may start; rolls are (frames, pitch_count)."""

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
    early: Mapping[int, Starts]
    """Rows by frame of which a shorter look-ahead is sure."""


def window_sums(history: Probabilities, frames: int) -> npt.NDArray[np.float64]:
    """Sum so many frames up to each.

    Args:
        history: (n, pitch_count), probabilities 0-1.
        frames: length of a window.

    Returns:
        (n - frames + 1, pitch_count), from the first frame that has as many behind it.
    """
    if len(history) == frames:
        window: npt.NDArray[np.float64] = history.sum(axis=0, keepdims=True, dtype=np.float64)
        return window
    summed = np.cumsum(history, axis=0, dtype=np.float64)
    summed = np.concatenate([np.zeros((1, history.shape[1])), summed])
    return summed[frames:] - summed[:-frames]


def rows_by_frame(mask: npt.NDArray[np.bool_]) -> dict[int, list[int]]:
    """List the rows of each frame that are set in a mask `(frames, pitch_count)`.

    Returns:
        Frame -> its rows, ascending; frames without any are left out.
    """
    found: dict[int, list[int]] = {}
    if not mask.any():
        return found
    for index, row in np.argwhere(mask).tolist():
        found.setdefault(index, []).append(row)
    return found
