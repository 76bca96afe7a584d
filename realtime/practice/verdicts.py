"""What became of every expected note, and what was played beside the score."""

from dataclasses import dataclass

import numpy as np

from realtime.practice.attacks import Attacks, DueNotes, Evidence
from realtime.practice.unexpected import PARTIALS, find_extras
from realtime.values.arrays import Doubles, Flags, Numbers
from realtime.values.log_odds import to_probability
from realtime.values.strictness import Strictness

DOUBT_S = 0.015
"""Over how much more time it becomes sure that a note was early or late."""
LEAST_ERRORS = 8
"""Notes that tell how firm a player's rhythm is."""
CLEAR = 1.0
"""Strength of the attacks that tell it."""
LATENESS_S = 0.01
"""The network dates an attack so much after the key."""
BESIDE_S = 0.08
"""So near are attacks that may have come instead of a note, or explain its onset as their smear."""
WEIGHTS = {
    "wide": 0.61,
    "near": 0.73,
    "through": 11.37,
    "after": -11.96,
    "before": 1.6,
    "rise": 7.83,
    "fall": -2.99,
    "rivals": -0.6,
    "beside": -0.46,
}
"""Weights of a logistic regression over recordings of nine kinds: the attack in a wide and a narrow
window; the sound while the note should last, without that of its beginning, which its neighbours'
attacks share; the sound before, its rise and its fall; attacks within two semitones that belong to
nothing else, or to another note."""
CONSTANT = 2.09
RIGHT, EARLY, LATE, WRONG, MISSED = "right", "early", "late", "wrong", "missed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one expected note."""

    judgement: str
    """right | early | late | wrong | missed"""
    error_s: float | None
    """How much later than due it came; None where it did not."""
    certainty: float
    """0-1; a mistake below 0.5 is unsure and does not count."""
    attack: int = -1
    """Index of its attack, or of the wrong one."""


@dataclass(frozen=True, slots=True)
class Match:
    """Which attack belongs to which expected note, by index, and how many seconds late it is."""

    note: int
    attack: int
    error_s: float


def match_notes(
    due_s: Doubles, pitches: Numbers, attacks: Attacks, usable: Flags, window_s: float
) -> list[Match]:
    """Pair expected notes with attacks of their pitch, in order, the clear and timely ones first.

    Args:
        due_s: (notes,), when each is due in the sound.
        pitches: (notes,).
        attacks: of the whole sound.
        usable: (attacks,), those that belong to this pass.
        window_s: the most that a pair may be apart.
    """
    matches: list[Match] = []
    for pitch in np.unique(pitches).tolist():
        notes = np.flatnonzero(pitches == pitch)
        notes = notes[np.argsort(due_s[notes], kind="stable")]
        there = np.flatnonzero((attacks.pitches == pitch) & usable)
        matches += _match_pitch(notes, due_s[notes], there, attacks, window_s)
    return matches


def _match_pitch(
    notes: Numbers, due_s: Doubles, there: Numbers, attacks: Attacks, window_s: float
) -> list[Match]:
    """The pairing in order with the highest sum of worths."""
    if not len(there):
        return []
    error = attacks.times[there][np.newaxis] - due_s[:, np.newaxis]
    clear = np.log(np.maximum(attacks.strengths[there], 1e-3) / 0.02)
    clear += 0.6 * np.minimum(attacks.strengths[there], 2.5)
    worth = 1.0 + clear[np.newaxis] - 0.5 * (error / 0.12) ** 2
    worth = np.where(np.abs(error) <= window_s, np.maximum(worth, 0.05), -np.inf)
    rows, columns = worth.shape
    best = np.zeros((rows + 1, columns + 1))
    for row in range(rows):
        paired = best[row, :-1] + worth[row]
        best[row + 1, 1:] = np.maximum.accumulate(np.maximum(best[row, 1:], paired))
    matches = []
    row, column = rows, columns
    while row and column:
        if best[row, column] == best[row, column - 1]:
            column -= 1
        elif best[row, column] == best[row - 1, column]:
            row -= 1
        else:
            row, column = row - 1, column - 1
            note, attack = int(notes[row]), int(there[column])
            matches.append(Match(note, attack, float(error[row, column])))
    return matches


def note_features(
    expected: DueNotes, evidence: Evidence, attacks: Attacks, free: Flags, matches: list[Match]
) -> Doubles:
    """Features of each expected note, `(notes, len(WEIGHTS))`, in the order of `WEIGHTS`.

    Args:
        expected: the notes.
        evidence: of the sound.
        attacks: of the same sound.
        free: (attacks,), those that belong to this pass and to no expected note.
        matches: attacks that belong to expected notes.
    """
    pitches = expected.pitches
    at_s = expected.due_s + LATENESS_S
    heard = evidence.features(at_s, expected.end_s + LATENESS_S, pitches)
    others = np.flatnonzero(free)
    owned = np.array(sorted(match.attack for match in matches), dtype=np.int64)
    rivals, beside = (_beside(at_s, pitches, attacks, chosen) for chosen in (others, owned))
    return np.stack(
        [
            np.log(heard.wide + 0.02),
            np.log(evidence.near(at_s, pitches) + 0.02),
            heard.through,
            heard.after,
            heard.before,
            np.maximum(heard.after - heard.before, 0),
            np.maximum(heard.before - heard.after, 0),
            np.log(rivals / 0.02 + 1),
            np.log(beside / 0.02 + 1),
        ],
        axis=1,
    )


def _beside(at_s: Doubles, pitches: Numbers, attacks: Attacks, chosen: Numbers) -> Doubles:
    """Strength (notes,) of the strongest of some attacks a semitone or two beside each note."""
    strongest = np.zeros(len(at_s))
    times = attacks.times[chosen]
    first, last = np.searchsorted(times, at_s - BESIDE_S), np.searchsorted(times, at_s + BESIDE_S)
    for note, (start, end) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
        near = chosen[start:end]
        distance = np.abs(attacks.pitches[near] - pitches[note])
        near = near[(distance > 0) & (distance <= 2)]
        strongest[note] = attacks.strengths[near].max(initial=0.0)
    return strongest


def in_time(matches: list[Match], attacks: Attacks, rules: Strictness) -> float:
    """Within how many seconds a note is right, by the spread of the player's own errors."""
    errors = [abs(m.error_s) for m in matches if attacks.strengths[m.attack] >= CLEAR]
    if len(errors) < LEAST_ERRORS:
        return rules.in_time_s
    spread = 1.48 * float(np.median(errors))
    return min(max(rules.in_time_spreads * spread, rules.in_time_least_s), rules.in_time_s)


def judge(
    expected: DueNotes,
    attacks: Attacks,
    evidence: Evidence,
    usable: Flags,
    rules: Strictness,
    others: DueNotes | None = None,
) -> tuple[list[Verdict], dict[int, float]]:
    """Verdicts on the notes of a pass, and the attacks that nobody expected with their certainty.

    Args:
        expected: the notes.
        attacks: of the whole sound.
        evidence: of the same sound.
        usable: (attacks,), those that belong to this pass.
        rules: thresholds.
        others: notes that others play: they explain attacks.
    """
    due_s, pitches = expected.due_s, expected.pitches
    matches = match_notes(due_s, pitches, attacks, usable, rules.window_s)
    by_note = {match.note: match for match in matches}
    free = usable.copy()
    free[[match.attack for match in matches]] = False
    features = note_features(expected, evidence, attacks, free, matches)
    odds = features @ np.array(list(WEIGHTS.values())) + CONSTANT  # that each was played in time
    in_place = evidence.near(due_s + LATENESS_S, pitches) / max(rules.in_place, 1e-3)
    extras = find_extras(expected, attacks, free, evidence, rules)
    if others is not None and len(others.due_s):
        extras = _not_theirs(extras, others, attacks, rules)
    in_time_s = in_time(matches, attacks, rules)
    verdicts: list[Verdict] = []
    instead = {int(a) for a in np.flatnonzero(free & (attacks.strengths >= rules.instead))}
    for note, (at_s, pitch) in enumerate(zip(due_s.tolist(), pitches.tolist(), strict=True)):
        match = by_note.get(note)
        strength = float(attacks.strengths[match.attack]) if match else 0.0
        # An attack off its time counts only where nothing sounds at the note's own place: else the
        # note was played in time, and the attack is another one of its pitch.
        off_time = strength >= rules.off_time and in_place[note] < 3
        if match and abs(match.error_s) > in_time_s and off_time:
            late = match.error_s > 0
            clear = to_probability((abs(match.error_s) - rules.surely_off_s) / DOUBT_S)
            sure = min(clear, to_probability(3 * (strength - rules.off_time) - 0.3))
            sure = min(sure, to_probability(-2 * np.log(in_place[note] + 0.05)))
            verdicts.append(Verdict(LATE if late else EARLY, match.error_s, sure, match.attack))
        elif odds[note] >= rules.played:
            near = match is not None and abs(match.error_s) <= in_time_s
            error = match.error_s if match and near else None
            sure = to_probability(odds[note] - rules.played)
            verdicts.append(Verdict(RIGHT, error, sure, match.attack if match and near else -1))
        else:
            sure = to_probability(2 * (rules.surely_missed - odds[note]))
            # An attack stands in for one note only, and is then no extra: one slip, told once.
            wrong = _instead(at_s, pitch, attacks, instead, rules)
            if wrong >= 0:
                instead.discard(wrong)
                extras.pop(wrong, None)
                error = float(attacks.times[wrong]) - at_s
                verdicts.append(Verdict(WRONG, error, sure, wrong))
            else:
                verdicts.append(Verdict(MISSED, None, sure))
    return verdicts, extras


def _not_theirs(
    extras: dict[int, float],
    others: DueNotes,
    attacks: Attacks,
    rules: Strictness,
) -> dict[int, float]:
    """Attacks without those that are notes of others, or partials of them."""
    kept = {}
    for attack, sure in extras.items():
        near = np.abs(others.due_s - attacks.times[attack]) < rules.window_s
        apart = int(attacks.pitches[attack]) - others.pitches[near]
        ghost = np.isin(apart, PARTIALS).any() and attacks.strengths[attack] < rules.overtone
        if not ((apart == 0).any() or ghost):
            kept[attack] = sure
    return kept


def _instead(
    at_s: float, pitch: int, attacks: Attacks, candidates: set[int], rules: Strictness
) -> int:
    """The unexpected attack that came in place of a note, -1 where there is none."""
    near = [
        attack
        for attack in candidates
        if abs(attacks.times[attack] - at_s) <= rules.instead_s
        and abs(int(attacks.pitches[attack]) - pitch) <= rules.instead_semitones
    ]
    return min(near, key=lambda a: (abs(int(attacks.pitches[a]) - pitch), a), default=-1)
