"""Notes -> what the network should say, frame by frame."""

from typing import NamedTuple

import numpy as np

from trainer.pitches import LOWEST_PITCH, PITCHES

ONSET_SHAPE = (1.0, 1.0, 0.5)
"""Onset target in the frame of a struck or plucked onset and the two after it."""
SLOW_ONSET_SHAPE = (1.0, 1.0, 1.0, 0.7, 0.4)
"""The same for instruments that may swell into a note: bowed, blown, sung."""
SLOW_PROGRAMS = frozenset((*range(40, 45), *range(48, 55), *range(56, 80), 109, 110))
"""General MIDI programs (from 0) of those."""
OFFSET_SHAPE = (1.0, 0.5)


class Targets(NamedTuple):
    """Each `(frames, 88)`, float32 in 0-1. Velocity is given where the onset target is not 0."""

    onset: np.ndarray
    frame: np.ndarray
    offset: np.ndarray
    velocity: np.ndarray


def make_targets(notes: np.ndarray, frames: int, hop_samples: int) -> Targets:
    """Paint notes onto frames; a time falls into the frame whose start is nearest.

    Args:
        notes: structured array with `onset`, `offset` (samples, may lie outside the frames),
            `pitch` (MIDI) and `velocity` (0-1). Pitches outside the 88 rows are left out.
        frames: length of the result.
        hop_samples: samples a frame.
    """
    rolls = Targets(*(np.zeros((frames, PITCHES), np.float32) for _ in range(4)))
    for note in np.sort(notes, order="onset"):
        row = int(note["pitch"]) - LOWEST_PITCH
        if not 0 <= row < PITCHES:
            continue
        start = round(int(note["onset"]) / hop_samples)
        end = max(round(int(note["offset"]) / hop_samples), start + 2)
        rolls.frame[max(start, 0) : max(end, 0), row] = 1.0
        shape = SLOW_ONSET_SHAPE if int(note["program"]) in SLOW_PROGRAMS else ONSET_SHAPE
        for step, value in enumerate(shape):
            if 0 <= start + step < frames:
                rolls.onset[start + step, row] = value
                rolls.velocity[start + step, row] = note["velocity"]
        for step, value in enumerate(OFFSET_SHAPE):
            if 0 <= end + step < frames:
                rolls.offset[end + step, row] = max(rolls.offset[end + step, row], value)
    return rolls
