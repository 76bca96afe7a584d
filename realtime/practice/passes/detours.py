"""Jumps that were none: passages like the one that was played, taken for it for a while."""

import numpy as np

from realtime.practice.attacks import Attacks
from realtime.practice.follower import FASTEST, WEAKEST
from realtime.practice.passes.time_map import Pass, fit_map
from realtime.values.arrays import Doubles, Numbers

NEAR_S = 0.15
"""An attack so near to where a note of its pitch is due belongs to it."""
RETURNS_S = 0.4
RETURNS_SHARE = 0.1
"""Who comes back within this time, and this part of the time away, of where playing on would have
brought them has played on."""
EXPLAINED, ALMOST = 0.7, 0.9
"""Playing on must explain so large a part of the attacks that the detour explains: where the notes
left out by it take its time, and elsewhere."""
TOO_FAST = 1.3 * FASTEST
"""Nobody plays so many times the written tempo."""


def without_detours(
    passes: list[Pass], onsets: Doubles, ends: Doubles, pitches: Numbers, attacks: Attacks
) -> list[Pass]:
    """The passes without those in which the player most likely played on.

    A passage that comes again fits a performance with mistakes better where these are, and the
    follower goes there. But nobody comes back at the very moment at which playing on would have
    brought them there; and nobody begins or ends elsewhere while the attacks fit the nearest place
    as well.

    Args:
        passes: by time of the sound.
        onsets: of the notes, seconds of the score, `(notes,)`.
        ends: of the notes, `(notes,)`.
        pitches: of the notes, MIDI, `(notes,)`.
        attacks: what was heard.
    """
    score = onsets, ends, pitches, attacks
    kept = [one for one in passes if not _too_fast(one)] or passes
    for between in (True, False):
        index = 0
        while index < len(kept) and len(kept) > 1:
            around = kept[max(0, index - 1) : index] + kept[index + 1 : index + 2]
            whole = None
            if (len(around) == 2) == between and (not between or _goes_on(*around)):
                whole = _played_on(kept[index], _joined(around), *score)
            if whole is None:
                index += 1
            else:
                kept[max(0, index - 1) : index + 2] = [whole]
                index = max(0, index - 2)
    return kept


def _too_fast(one: Pass) -> bool:
    return bool(np.ptp(one.score_s) > TOO_FAST * max(float(np.ptp(one.sound_s)), 1e-3))


def _joined(passes: list[Pass]) -> Pass:
    return Pass(
        np.concatenate([one.score_s for one in passes]),
        np.concatenate([one.sound_s for one in passes]),
    )


def _goes_on(before: Pass, after: Pass) -> bool:
    """Whether a pass lies where another one would have come by playing on."""
    gone_s = float(after.score_s[0] - before.score_s[-1])
    if gone_s <= 0:
        return False
    middle = np.array([before.score_s[-1] + gone_s / 2])
    come, left = (fit_map(one.score_s, one.sound_s, None).at(middle) for one in (before, after))
    return bool(abs(come - left)[0] <= RETURNS_S + RETURNS_SHARE * gone_s)


def _played_on(
    detour: Pass, whole: Pass, onsets: Doubles, ends: Doubles, pitches: Numbers, attacks: Attacks
) -> Pass | None:
    """A pass through a detour's attacks as well, None where the detour explains them better."""
    score = onsets, ends, pitches, attacks
    share, anchors = _explain(detour, whole, *score)
    needed = EXPLAINED if _has_room(detour, whole, onsets) else ALMOST
    if share < needed * _explain(detour, detour, *score)[0]:
        return None
    found = _joined([whole, Pass(anchors[:, 0], anchors[:, 1])])
    order = np.lexsort((found.sound_s, found.score_s))
    return Pass(found.score_s[order], found.sound_s[order])


def _has_room(detour: Pass, whole: Pass, onsets: Doubles) -> bool:
    """Whether a detour's time is that of the notes a pass leaves out.

    At the beginning and end these are the piece's first and last ones.
    """
    if whole.sound_s[0] < detour.sound_s[0] < whole.sound_s[-1]:
        return True
    line = fit_map(whole.score_s, whole.sound_s, None)
    edge = 0 if detour.sound_s[0] < whole.sound_s[0] else -1
    off_s = abs(line.at(onsets[[edge]])[0] - detour.sound_s[edge])
    return bool(off_s <= RETURNS_S + RETURNS_SHARE * np.ptp(detour.sound_s))


def _explain(
    detour: Pass, one: Pass, onsets: Doubles, ends: Doubles, pitches: Numbers, attacks: Attacks
) -> tuple[float, Doubles]:
    """How much (0-1) of a detour's attacks belongs to a pass, the strong ones first of all.

    An attack belongs to it near a note of its pitch that is due, or while one sounds, as vibrato.
    Returns the anchors of the former, too: `(n, 2)` seconds of the score and of the sound.
    """
    line = fit_map(one.score_s, one.sound_s, None)
    due, end = line.at(onsets), line.at(ends)
    span = detour.sound_s[0] - 1e-6, detour.sound_s[-1] + 1e-6
    total, fits, anchors = 1e-9, 0.0, []
    for index in range(*np.searchsorted(attacks.times, span).tolist()):
        at_s, strength = float(attacks.times[index]), float(attacks.strengths[index])
        notes = np.flatnonzero(pitches == attacks.pitches[index])
        away = np.abs(due[notes] - at_s)
        nearest = away.min(initial=np.inf)
        total += min(strength, 1.0)
        if nearest < NEAR_S and strength >= WEAKEST:
            anchors.append((onsets[notes[np.argmin(away)]], at_s))
        if nearest < NEAR_S or np.any((due[notes] < at_s) & (at_s < end[notes])):
            fits += min(strength, 1.0)
    return fits / total, np.array(anchors, dtype=np.float64).reshape(-1, 2)
