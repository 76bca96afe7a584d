"""Notes -> what the network should say, frame by frame."""

from typing import NamedTuple

import numpy as np

from realtime.inference.spec import LOWEST_PITCH, PITCHES
from realtime.troubles.errors import UsageError
from trainer.datasets.instruments import MUSICNET, name_program
from trainer.shards.note_tables import one_per_pitch

ONSET_SHAPE = (1.0, 1.0, 0.5)
"""Onset target in the frame of a struck or plucked onset and the two after it."""


SLOW_ONSET_SHAPE = (1.0, 1.0, 1.0, 0.7, 0.4)
"""Onset targets of instruments that may swell into a note: bowed, blown, sung."""


SLOW_PROGRAMS = frozenset((*range(40, 45), *range(48, 55), *range(56, 80), 109, 110))
"""General MIDI programs (from 0) of those."""


OFFSET_SHAPE = (1.0, 0.5)


UNKNOWN = -1.0
"""Target of what nobody knows (a velocity, or who plays a pitch): it is not scored."""


class Targets(NamedTuple):
    """Each `(frames, 88)`, float32 in 0-1.

    Velocity is given where the onset target is not 0, and UNKNOWN there where nobody measured it.
    """

    onset: np.ndarray
    frame: np.ndarray
    offset: np.ndarray
    velocity: np.ndarray


def make_targets(notes: np.ndarray, frames: int, hop_samples: int) -> Targets:
    """Paint notes onto frames, one per pitch; a time falls into the frame whose start is nearest.

    Args:
        notes: structured array with `onset`, `offset` (samples, may lie outside the frames),
            `pitch` (MIDI) and `velocity` (0-1, NaN unknown). Pitches outside the 88 rows are left
            out.
        frames: length of the result.
        hop_samples: samples a frame.
    """
    rolls = Targets(*(np.zeros((frames, PITCHES), np.float32) for _ in range(4)))
    for note in one_per_pitch(notes):
        row = int(note["pitch"]) - LOWEST_PITCH
        if not 0 <= row < PITCHES:
            continue
        start = round(int(note["onset"]) / hop_samples)
        end = max(round(int(note["offset"]) / hop_samples), start + 2)
        rolls.frame[max(start, 0) : max(end, 0), row] = 1.0
        velocity = UNKNOWN if np.isnan(note["velocity"]) else note["velocity"]
        shape = SLOW_ONSET_SHAPE if int(note["program"]) in SLOW_PROGRAMS else ONSET_SHAPE
        for step, value in enumerate(shape):
            if 0 <= start + step < frames:
                rolls.onset[start + step, row] = value
                rolls.velocity[start + step, row] = velocity
        for step, value in enumerate(OFFSET_SHAPE):
            if 0 <= end + step < frames:
                rolls.offset[end + step, row] = max(rolls.offset[end + step, row], value)
    return rolls


def expand_instruments(names: tuple[str, ...]) -> tuple[str, ...]:
    """The list with `musicnet` replaced by the eleven instruments of MusicNet.

    Raises:
        UserError: if a name is there twice, or none that a GM program has.
    """
    full = tuple(one for name in names for one in (MUSICNET if name == "musicnet" else (name,)))
    known = {name_program(program) for program in range(128)}
    strange = [name for name in full if name not in known or full.count(name) > 1]
    if strange:
        raise UsageError(
            f"--model.instruments cannot hold '{strange[0]}' (unknown, or twice); say musicnet or "
            "names such as violin, 'double bass', 'electric piano 1'."
        )
    return full


def make_instrument_roll(
    notes: np.ndarray, frames: int, hop_samples: int, instruments: tuple[str, ...]
) -> np.ndarray:
    """Who sounds when: float32 (frames, instruments, 88), 1 where a note sounds, else 0.

    Args:
        notes: structured array with `onset`, `offset` (samples), `pitch` and `program`.
        frames: length of the result.
        hop_samples: samples a frame.
        instruments: names, in order.
    """
    roll = np.zeros((frames, len(instruments), PITCHES), np.float32)
    place = {name: i for i, name in enumerate(instruments)}
    painted = []
    for note in notes:
        row, program = int(note["pitch"]) - LOWEST_PITCH, int(note["program"])
        if 0 <= row < PITCHES:
            start = max(round(int(note["onset"]) / hop_samples), 0)
            end = max(round(int(note["offset"]) / hop_samples), start + 2)
            number = place.get(name_program(program)) if program >= 0 else None
            painted.append((number, start, end, row))
    for number, start, end, row in painted:
        if number is None:
            roll[start:end, :, row] = UNKNOWN
    for number, start, end, row in painted:
        if number is not None:
            roll[start:end, number, row] = 1.0
    return roll
