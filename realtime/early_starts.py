"""Notes that a shorter look-ahead is already sure of: they need not wait for the longer one."""

import math
from collections.abc import Mapping
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
    """Onset probability (0-1)."""
    velocity: float
    """The network's velocity (0-1)."""


Starts = Mapping[int, EarlyStart]
"""Row -> its start."""


def find_early_starts(
    early: Early, thresholds: tuple[tuple[int, float], ...], look_ahead_frames: int
) -> dict[int, dict[int, EarlyStart]]:
    """Where shorter look-aheads are sure enough.

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
