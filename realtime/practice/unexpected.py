"""Attacks that belong to no expected note: were they notes that the score does not have?"""

from collections import Counter

import numpy as np

from realtime.practice.attacks import Attacks, DueNotes, Evidence
from realtime.values.arrays import Doubles, Flags, Numbers
from realtime.values.log_odds import to_probability
from realtime.values.strictness import Strictness

PARTIALS = (-12, 7, 12, 19, 24, 28, 31, 36)
"""Semitones from an expected note to where the network hears ghosts of it."""
FAINTEST = 0.25
"""Strength below which an attack is not weighed."""
FEW = 20
"""Fewer notes tell little about the instrument."""
AUDIBLE = 1.0
"""Strength from which an attack tells which intervals this instrument is heard with."""
USUAL = 0.03
"""Part of the notes that may have an extra beside them before extras must be surer."""


def find_extras(
    expected: DueNotes, attacks: Attacks, free: Flags, evidence: Evidence, rules: Strictness
) -> dict[int, float]:
    """Attacks that were notes too many -> certainty (0-1; below 0.5 one is unsure).

    Args:
        expected: notes of this pass.
        attacks: of the whole sound.
        free: (attacks,), those that belong to this pass and to no expected note.
        evidence: of the same sound.
        rules: thresholds.
    """
    chosen = np.flatnonzero(free & (attacks.strengths >= FAINTEST))
    odds = weigh_extras(expected, attacks, chosen, evidence)
    # Where much is heard beside the score, that is how the instrument sounds to the network.
    allowed = int(USUAL * len(expected.due_s))
    most = np.sort(odds)[::-1][allowed] if len(odds) > allowed else rules.extra_told
    needed = min(max(float(most), rules.extra_clean), rules.extra)
    if not allowed:
        needed = rules.extra
    told = np.flatnonzero(odds >= rules.extra_told)
    return {int(chosen[i]): to_probability(float(odds[i]) - needed) for i in told.tolist()}


def weigh_extras(
    expected: DueNotes, attacks: Attacks, chosen: Numbers, evidence: Evidence
) -> Doubles:
    """Log-odds (chosen,) that each of these attacks was a note that the score does not have.

    A logistic regression over recordings of nine kinds. For it speak a strong attack, sound after
    it, sound that was not there before, and that expected notes begin with it; against it, that an
    expected note of its pitch begins, less that one sounds, that it is a partial of one, that it
    may be a glide into one, and that the same interval comes often: that is how the instrument
    sounds.
    """
    due_s, end_s = expected.due_s, expected.end_s
    times, strengths = attacks.times[chosen], attacks.strengths[chosen]
    heard = evidence.features(times, times + 0.3, attacks.pitches[chosen])
    again, held, glide, part, begins = (np.zeros(len(chosen)) for _ in range(5))
    usual: Counter[int] = Counter()
    intervals: list[set[int]] = []
    for row, at_s in enumerate(times.tolist()):
        apart = int(attacks.pitches[chosen[row]]) - expected.pitches
        now = np.abs(due_s - at_s) < 0.15
        sounds = (due_s < at_s + 0.1) & (end_s > at_s + 0.05)
        lately = (due_s - 0.25 < at_s) & (at_s < due_s + 0.15)
        again[row] = ((apart == 0) & now).any()
        held[row] = not again[row] and ((apart == 0) & sounds).any()
        glide[row] = ((np.abs(apart) == 1) & lately).any()
        part[row] = (now & np.isin(apart, PARTIALS)).any()
        begins[row] = now.any()
        intervals.append(set(apart[now].tolist()))
        if strengths[row] >= AUDIBLE:
            usual.update(intervals[row])
    often = np.array(
        [
            max((sum(usual[i + d] for d in (-1, 0, 1)) for i in near), default=0)
            for near in intervals
        ]
    ) / max(FEW, len(due_s))
    return np.asarray(
        1.82 * np.log(strengths)
        + 3.05 * heard.after
        + 1.82 * np.maximum(heard.after - heard.before, 0)
        - 0.31 * part
        - 2.81 * again
        - 1.0 * held
        - 0.76 * glide
        + 0.7 * begins
        - 17.6 * often
        - 4.04
    )
