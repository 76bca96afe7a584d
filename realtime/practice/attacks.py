"""Where a pitch may have begun: peaks of the onset probability, also those too weak to be notes."""

from dataclasses import dataclass

import numpy as np

from realtime.values.arrays import Doubles, Floats, Numbers

SUM_FRAMES = 10
"""The strength of an attack is the onset probability of so many frames to either side."""
APART_FRAMES = 6
"""Two attacks of one pitch are further apart than this."""
CENTRE_FRAMES = 4
FAINTEST = 0.03
"""Summed onset probability below which nothing is looked at."""


@dataclass(frozen=True, slots=True)
class NetworkRolls:
    """What the network said of a stretch of sound.

    Args:
        onset: (frames, pitches), probabilities 0-1; row 0 describes the start of the sound.
        frame: the same shape: does the pitch sound?
        frame_s: seconds a frame.
        pitch_low: MIDI number of the first column.
        seconds: length of the sound.
    """

    onset: Floats
    frame: Floats
    frame_s: float
    pitch_low: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Attacks:
    """Possible beginnings of notes by time, then pitch; all arrays (n,)."""

    times: Doubles
    """Times of the attacks in seconds of the sound, ascending."""
    pitches: Numbers
    strengths: Doubles
    """Onset probability summed over +-100 ms; a clear attack has 2 or more."""
    support: Doubles
    """Mean frame probability of the 100 ms that follow, 0-1."""


@dataclass(frozen=True, slots=True)
class DueNotes:
    """Expected notes on the clock of the sound; all arrays (notes,)."""

    due_s: Doubles
    """When each is due, in seconds of the sound."""
    end_s: Doubles
    """When each should end."""
    pitches: Numbers
    """MIDI numbers."""


def find_attacks(heard: NetworkRolls) -> Attacks:
    """Peaks of the onset probability of every pitch, each with the sum around it."""
    onset = np.nan_to_num(heard.onset)
    sums = _running(onset, 3)
    peaks = sums >= FAINTEST
    for shift in range(1, APART_FRAMES + 1):
        peaks[shift:] &= sums[shift:] > sums[:-shift]
        peaks[:-shift] &= sums[:-shift] >= sums[shift:]
    total = _cumulated(onset)
    weighted = _cumulated(onset * np.arange(len(onset), dtype=np.float32)[:, np.newaxis])
    sounding = _cumulated(np.nan_to_num(heard.frame))
    found = []
    for column in np.flatnonzero(peaks.any(axis=0)).tolist():
        rows = np.flatnonzero(peaks[:, column])
        low = np.maximum(rows - SUM_FRAMES, 0)
        high = np.minimum(rows + SUM_FRAMES + 1, len(onset))
        middle = (rows[1:] + rows[:-1] + 1) // 2
        low[1:] = np.maximum(low[1:], middle)
        high[:-1] = np.minimum(high[:-1], middle)
        strength = total[high, column] - total[low, column]
        near = np.maximum(rows - CENTRE_FRAMES, low), np.minimum(rows + CENTRE_FRAMES + 1, high)
        mass = np.maximum(total[near[1], column] - total[near[0], column], 1e-9)
        centre = (weighted[near[1], column] - weighted[near[0], column]) / mass
        after = np.minimum(rows + SUM_FRAMES, len(onset))
        length = np.maximum(after - rows, 1)
        support = (sounding[after, column] - sounding[rows, column]) / length
        pitch = np.full(len(rows), column + heard.pitch_low)
        found.append((centre * heard.frame_s, pitch, strength, support))
    if not found:
        empty = np.zeros(0)
        return Attacks(empty, np.zeros(0, dtype=np.int64), empty, empty)
    times, pitches, strengths, support = (np.concatenate(each) for each in zip(*found, strict=True))
    order = np.lexsort((pitches, times))
    return Attacks(times[order], pitches[order], strengths[order], support[order])


def _cumulated(roll: Floats) -> Doubles:
    """(frames, pitches) -> sums of the rows before each, (frames + 1, pitches)."""
    start = np.zeros((1, roll.shape[1]))
    return np.concatenate([start, np.cumsum(roll, axis=0, dtype=np.float64)])


def _running(roll: Floats, reach: int) -> Doubles:
    """Sums over so many rows to either side, the same shape."""
    total, rows = _cumulated(roll), np.arange(len(roll))
    return np.asarray(
        total[np.minimum(rows + reach + 1, len(roll))] - total[np.maximum(rows - reach, 0)]
    )


@dataclass(frozen=True, slots=True)
class AttackFeatures:
    """Evidence for notes at the times at which they are due; all arrays (n,)."""

    around: Doubles
    """Onset probability summed from 90 ms before to 120 ms after."""
    wide: Doubles
    """Strength of attacks from 200 ms before to 250 ms after."""
    before: Doubles
    """Mean frame probability of the 120 ms before, 0-1."""
    after: Doubles
    """Mean frame probability of the 130 ms after."""
    through: Doubles
    """Mean frame probability while the note should sound, at most 600 ms."""


class Evidence:
    """Answers how much speaks for a pitch having begun at a time.

    Args:
        heard: what the network said.
    """

    def __init__(self, heard: NetworkRolls) -> None:
        self._onset = _cumulated(np.nan_to_num(heard.onset))
        self._frame = _cumulated(np.nan_to_num(heard.frame))
        self._frame_s, self._low = heard.frame_s, heard.pitch_low

    def features(self, times: Doubles, ends: Doubles, pitches: Numbers) -> "AttackFeatures":
        """What the network says around the times at which notes are due.

        Args:
            times: (n,), when each is due, in seconds.
            ends: (n,), when each should end.
            pitches: (n,), MIDI numbers; one that the model does not know has no evidence.
        """
        length = np.clip(ends - times, 0.15, 0.6)
        return AttackFeatures(
            self._sum(self._onset, times - 0.09, times + 0.12, pitches),
            self._sum(self._onset, times - 0.2, times + 0.25, pitches),
            self._sum(self._frame, times - 0.15, times - 0.03, pitches) * self._frame_s / 0.12,
            self._sum(self._frame, times + 0.02, times + 0.15, pitches) * self._frame_s / 0.13,
            self._sum(self._frame, times + 0.02, times + length, pitches)
            * self._frame_s
            / (length - 0.02),
        )

    def near(self, times: Doubles, pitches: Numbers) -> Doubles:
        """Onset probability summed from 50 ms before to 70 ms after; all arrays (n,)."""
        return self._sum(self._onset, times - 0.05, times + 0.07, pitches)

    def _sum(self, total: Doubles, start_s: Doubles, end_s: Doubles, pitches: Numbers) -> Doubles:
        known = (pitches >= self._low) & (pitches < self._low + total.shape[1])
        column = np.where(known, pitches - self._low, 0)
        first, last = (
            np.clip(np.rint(each / self._frame_s).astype(np.int64), 0, len(total) - 1)
            for each in (start_s, end_s)
        )
        return np.asarray(np.where(known, total[last, column] - total[first, column], 0.0))
