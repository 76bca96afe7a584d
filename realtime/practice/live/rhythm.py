"""Rhythm alone: whichever pitches are played, were they played in time?"""

import numpy as np

from realtime.practice.attacks import Attacks
from realtime.practice.follower import chord_starts
from realtime.practice.verdicts import EARLY, LATE, MISSED, RIGHT, Verdict, match_notes
from realtime.values.arrays import Doubles, Floats
from realtime.values.strictness import Strictness

STROKE_S = 0.06
"""Attacks within this time are one stroke."""
LONGEST_DELAY = 256
"""Frames for which a blow is remembered."""
AUDIBLE = 0.7
"""Strength from which an attack is a stroke."""
BLOW, BLOW_RANGE = 0.3, 0.3
"""Rise of the spectrum in 20 ms, mean of its rows in natural log, from which a sound without a
pitch begins, and by how much more it is certain that it does. Steady noise rises by 0.1, a clap by
0.5 and more."""


class Blows:
    """Hears claps, taps and whatever else has no pitch, in the rise of the spectrum."""

    def __init__(self) -> None:
        self._spectra: list[Floats] = []
        self._known: dict[int, float] = {}

    def push(self, frame: int, spectrum: Floats | None) -> None:
        """Take the spectrum (bins,), natural log magnitude, of a frame; None is silence."""
        if spectrum is None:
            return
        self._spectra = [*self._spectra[-2:], spectrum]
        rise = float(np.maximum(spectrum - self._spectra[0], 0).mean())
        if len(self._spectra) == 3:
            self._known[frame] = min(max((rise - BLOW) / BLOW_RANGE, 0.0), 1.0)
        self._known.pop(frame - LONGEST_DELAY, None)

    def at(self, frame: int) -> float:
        """How surely such a sound began in an earlier frame, 0-1."""
        return self._known.get(frame, 0.0)


def strokes(attacks: Attacks) -> Attacks:
    """Attacks of all pitches taken together, dated by the first clear one; pitch 0."""
    clear = np.flatnonzero(attacks.strengths >= AUDIBLE)
    groups: list[list[int]] = []
    for attack in clear.tolist():
        if groups and attacks.times[attack] - attacks.times[groups[-1][0]] <= STROKE_S:
            groups[-1].append(attack)
        else:
            groups.append([attack])
    return Attacks(
        np.array([attacks.times[group[0]] for group in groups]),
        np.zeros(len(groups), dtype=np.int64),
        np.array([attacks.strengths[group].max() for group in groups]),
        np.array([attacks.support[group].max() for group in groups]),
    )


def judge_rhythm(
    due_s: Doubles, attacks: Attacks, rules: Strictness
) -> tuple[list[Verdict], dict[int, float]]:
    """A verdict for every note, the same for the notes of a chord; strokes too many do not count.

    Args:
        due_s: (notes,), ascending, in the time of the attacks.
        attacks: of the whole sound.
        rules: thresholds.

    Returns:
        Verdicts, and no extras: a stroke between two notes has no place of its own.
    """
    if not len(due_s):
        return [], {}
    starts = chord_starts(due_s)
    group_of, when = np.cumsum(starts) - 1, due_s[starts]
    heard = strokes(attacks)
    usable = np.ones(len(heard.times), dtype=np.bool_)
    zeros = np.zeros(len(when), dtype=np.int64)
    matches = match_notes(when, zeros, heard, usable, rules.window_s)
    found = {match.note: match for match in matches}
    firsts = [int(np.searchsorted(attacks.times, at_s)) for at_s in heard.times.tolist()]
    verdicts = []
    for group in range(len(when)):
        match = found.get(group)
        if match is None:
            verdicts.append(Verdict(MISSED, None, 0.9))
            continue
        off_s = abs(match.error_s) - rules.in_time_s
        judgement = RIGHT if off_s <= 0 else LATE if match.error_s > 0 else EARLY
        sure = 1.0 if off_s <= 0 else min(1.0, 0.5 + off_s / 0.04)
        verdicts.append(Verdict(judgement, match.error_s, sure, firsts[match.attack]))
    return [verdicts[group] for group in group_of.tolist()], {}
