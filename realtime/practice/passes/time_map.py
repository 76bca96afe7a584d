"""Maps score time to the time of the sound: passes through the piece, and a line through each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from realtime.practice.follower import FASTEST, SLOWEST
from realtime.values.arrays import Doubles

PAUSE_S = 1.0
"""A note so much later than due begins a new pass: the player had stopped."""
REACH_S = 4.0
"""Seconds of the score to either side that tell the tempo at a place."""
LEAST_ANCHORS = 16
"""With fewer anchors around it, one that is off time would draw the line to itself."""
KNOT_S = 0.5


@dataclass(frozen=True, slots=True)
class TimeMap:
    """Rising straight lines from score time to sound time.

    Args:
        score_s: (knots,), ascending.
        sound_s: (knots,).
        rate: seconds of sound for a second of the score, before the first and after the last knot.
    """

    score_s: Doubles
    sound_s: Doubles
    rate: tuple[float, float]

    def at(self, score_s: Doubles) -> Doubles:
        """Seconds of the score (n,) -> when they are due in the sound (n,)."""
        inside = np.interp(score_s, self.score_s, self.sound_s)
        before = np.minimum(score_s - self.score_s[0], 0) * self.rate[0]
        after = np.maximum(score_s - self.score_s[-1], 0) * self.rate[1]
        return np.asarray(inside + before + after)


def fit_map(score_s: Doubles, sound_s: Doubles, slope: float | None) -> TimeMap:
    """A map through anchors that may be a few wrong ones.

    Args:
        score_s: (n,), ascending; at least one.
        sound_s: (n,).
        slope: seconds of sound for a second of the score where the player keeps a given tempo;
            None follows the player: at each knot a line through the anchors around it, with
            Tukey's weights (Cleveland, "Robust locally weighted regression", 1979).
    """
    if slope is not None:
        start = float(np.median(sound_s - slope * score_s))
        knots = np.array([score_s[0], max(score_s[-1], score_s[0] + 1e-3)])
        return TimeMap(knots, start + slope * knots, (slope, slope))
    overall = _slope(score_s, sound_s)
    steps = max(2, int((score_s[-1] - score_s[0]) / KNOT_S) + 1)
    knots = np.linspace(score_s[0], max(score_s[-1], score_s[0] + 1e-3), steps)
    fitted = np.array([_local(score_s, sound_s, float(knot), overall) for knot in knots])
    values, slopes = np.maximum.accumulate(fitted[:, 0]), fitted[:, 1]
    return TimeMap(knots, values, (float(slopes[0]), float(slopes[-1])))


def _slope(score_s: Doubles, sound_s: Doubles) -> float:
    """Median slope between anchors that lie apart (Theil and Sen, of some pairs)."""
    count = len(score_s)
    slopes = []
    for reach in {max(1, count // 3), max(1, count // 2)}:
        ahead = score_s[reach:] - score_s[:-reach]
        gone = sound_s[reach:] - sound_s[:-reach]
        slopes += (gone[ahead > 0.2] / ahead[ahead > 0.2]).tolist()
    slope = float(np.median(slopes)) if slopes else 1.0
    return min(max(slope, 1 / FASTEST), 1 / SLOWEST)


def _local(score_s: Doubles, sound_s: Doubles, at_s: float, overall: float) -> tuple[float, float]:
    """Value and slope of the line at one place."""
    distance = np.abs(score_s - at_s)
    reach = REACH_S
    if np.count_nonzero(distance <= reach) < LEAST_ANCHORS:
        reach = float(np.sort(distance)[min(LEAST_ANCHORS, len(distance)) - 1]) + 1e-6
    near = distance <= reach
    x, y = score_s[near] - at_s, sound_s[near]
    closeness = (1 - np.minimum(distance[near] / (1.05 * reach), 1) ** 3) ** 3
    slope = overall
    value = float(np.median(y - slope * x))
    for _ in range(5):
        error = y - value - slope * x
        spread = max(float(np.median(np.abs(error))) * 1.48, 0.01)
        weight = closeness * np.maximum(1 - (error / (4.5 * spread)) ** 2, 0) ** 2
        total = weight.sum()
        if total <= 0:
            break
        mean_x, mean_y = (weight @ x) / total, (weight @ y) / total
        variance = weight @ (x - mean_x) ** 2
        # The overall slope counts as much as anchors 0.5 s to either side, so that a few
        # notes that lie close together do not turn the line.
        pull = 0.5 * closeness.mean() * 4
        slope = (weight @ ((x - mean_x) * (y - mean_y)) + pull * overall) / (variance + pull)
        slope = min(max(float(slope), 1 / FASTEST), 1 / SLOWEST)
        value = float(mean_y - slope * mean_x)
    return value, slope


@dataclass(frozen=True, slots=True)
class Pass:
    """A stretch of the piece that was played without a jump and without a stop.

    Args:
        score_s: (anchors,), ascending.
        sound_s: (anchors,).
    """

    score_s: Doubles
    sound_s: Doubles


def split_passes(anchors: Sequence[tuple[float, float, bool]], rate: float) -> list[Pass]:
    """Cut where the player jumped or stopped.

    Args:
        anchors: (seconds of the score, of the sound, jumped), by time of the sound.
        rate: seconds of sound for a second of the score, before there is something to measure.
    """
    pieces: list[list[tuple[float, float]]] = []
    for score_s, sound_s, jumped in anchors:
        if pieces and not jumped:
            last = pieces[-1][-1]
            due_s = (score_s - last[0]) * rate
            if sound_s - last[1] <= PAUSE_S + 2 * due_s:
                pieces[-1].append((score_s, sound_s))
                continue
        pieces.append([(score_s, sound_s)])
    passes = []
    for piece in pieces:
        rows = np.array(sorted(piece), dtype=np.float64)
        passes.append(Pass(rows[:, 0], rows[:, 1]))
    return passes
